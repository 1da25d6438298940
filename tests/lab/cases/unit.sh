# The unit tests of board/, where the driver is there.
CK_FORK=yes "$B/tests/board.test" || fail 'board.test'
