# The unit tests of board/, where the driver is there. They leave the span with an
# echo canceller; no other case wants one.
CK_FORK=yes "$B/tests/board.test" || fail 'board.test'
span_fresh 1
span_back 1
