# One make, one graph. Everything built lands under $(B); the tree stays clean.
B      ?= build
V      ?=
Q      := $(if $(V),,@)
SAN    ?=
CFLAGS ?= -O2 -g
WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
          -Wold-style-definition -Wpointer-arith -Wcast-qual -Wwrite-strings \
          -Wundef -Wvla -Wformat=2 -Werror
ALL_CFLAGS  = -std=gnu17 -D_GNU_SOURCE -I. $(DAHDI) -MMD -MP $(WARN) $(CFLAGS) \
              $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer \
                -fno-sanitize-recover=all)
ALL_LDFLAGS = $(LDFLAGS) $(if $(SAN),-fsanitize=$(SAN)) -pthread

# The DAHDI header comes with the driver's source package.
DAHDI := $(patsubst %,-isystem %,$(firstword $(wildcard /usr/src/dahdi-*/include \
           /usr/src/modules/dahdi/include /usr/include/dahdi-driver)))

# What each folder stands on, in link order. Other symbols do not link.
DIRS          := kernel board pri dialplan gateway/sip gateway/media gateway
kernel        :=
board         := kernel
pri           := kernel
dialplan      := kernel
gateway/sip   := kernel
gateway/media := kernel
gateway       := gateway/sip gateway/media pri board dialplan kernel

libs_kernel        := -luv -lcares
libs_pri           := $(B)/libpri-mono.a   # libpri.a, its clock redirected
libs_gateway/sip   := -losipparser2 -lgnutls
libs_gateway/media := $(B)/libspandsp-fix.a -ltonezone -lm
libs_gateway       := -ljansson

PROGRAMS := $B/causewayd $B/causeway $B/causeway-pbx

objs  = $(patsubst %.c,$B/%.o,$(wildcard $(1:%=%/*.c)))
lib   = $(patsubst %,$B/%.a,$1)
extra = $(foreach d,$1,$(libs_$d))
files = $(filter %.a,$(call extra,$1))

all: $(PROGRAMS)

$B/causewayd: $(call objs,gateway) $(call lib,$(gateway)) $(call files,$(gateway))
	$(if $(V),,@echo '  LINK $@')
	$Q$(CC) -o $@ $(call objs,gateway) $(call lib,$(gateway)) $(ALL_LDFLAGS) \
	  $(call extra,gateway $(gateway))

$B/causeway: $B/tools/causeway.o $B/tools/causeway_edit.o $B/kernel.a
	$(if $(V),,@echo '  LINK $@')
	$Q$(CC) -o $@ $^ $(ALL_LDFLAGS) -ledit $(libs_kernel)

PBX := pri board kernel
$B/causeway-pbx: $(call objs,tools/pbx) $(call lib,$(PBX)) $(call files,pri) $B/libspandsp-fix.a
	$(if $(V),,@echo '  LINK $@')
	$Q$(CC) -o $@ $(call objs,tools/pbx) $(call lib,$(PBX)) $(ALL_LDFLAGS) \
	  $(call extra,$(PBX)) $B/libspandsp-fix.a -ljansson -lm

# The world of the gateway's tests has the SIP far end and the torture of gateway/sip's.
tests_gateway := $(patsubst %,$B/tests/gateway/sip/%.o,far torture proof)

define folder
$B/$1.a: $$(call objs,$1) ; @mkdir -p $$(@D); rm -f $$@; $$(AR) rcs $$@ $$^
$B/tests/$1.test: $$(call objs,tests/$1) $$(call objs,tests) $$(tests_$1) $$(call lib,$1 $$($1)) $$(call files,$1 $$($1))
	@mkdir -p $$(@D)
	$(if $(V),,@echo '  LINK $$@')
	$Q$$(CC) -o $$@ $$(call objs,tests/$1) $$(call objs,tests) $$(tests_$1) $$(call lib,$1 $$($1)) \
	  $$(ALL_LDFLAGS) $$(call extra,$1 $$($1)) -lcheck -lsubunit -lrt -lm
endef
$(foreach d,$(DIRS),$(eval $(call folder,$d)))

$B/%.o: %.c
	@mkdir -p $(@D)
	$(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@echo '  CC   $<')
	$Q$(CC) $(ALL_CFLAGS) -c -o $@ $<

# libpri reads the wall clock for its timers; ours is the monotonic one.
LIBPRI := $(firstword $(wildcard /usr/lib/libpri.a /usr/lib/*/libpri.a))
$B/libpri-mono.a: $(LIBPRI)
	@mkdir -p $(@D)
	objcopy --redefine-sym gettimeofday=isdn_libpri_clock $< $@

# Debian's archive has one function miscompiled; media/vector.c replaces it.
LIBSPANDSP := $(firstword $(wildcard /usr/lib/*/libspandsp.a /usr/lib/libspandsp.a))
$B/libspandsp-fix.a: $(LIBSPANDSP)
	@mkdir -p $(@D)
	objcopy --weaken-symbol vec_circular_dot_prodi16 $< $@

# The tests' own programs: an RTP endpoint that judges, benches, fuzz targets.
$B/phone: $(call objs,tests/phone) $B/kernel.a $B/libspandsp-fix.a
	$(if $(V),,@echo '  LINK $@')
	$Q$(CC) -o $@ $(call objs,tests/phone) $B/kernel.a $B/libspandsp-fix.a \
	  $(ALL_LDFLAGS) $(libs_kernel) -lm

$B/gateway_parts.a: $(filter-out $B/gateway/main.o,$(call objs,gateway))
	@rm -f $@; $(AR) rcs $@ $^
$B/pbx_parts.a: $(filter-out $B/tools/pbx/main.o,$(call objs,tools/pbx))
	@rm -f $@; $(AR) rcs $@ $^
PARTS := $B/gateway_parts.a $B/pbx_parts.a $(call lib,$(gateway)) $(call files,$(gateway))

$B/bench/%: $B/tests/bench/%.o $(PARTS)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  LINK $@')
	$Q$(CC) -o $@ $< $B/gateway_parts.a $(call lib,$(gateway)) $(ALL_LDFLAGS) \
	  $(call extra,gateway $(gateway))
BENCHES := $(patsubst tests/bench/%_bench.c,$B/bench/%_bench,$(wildcard tests/bench/*_bench.c))

# What writes the manual's tables and draws the machines, from their rows.
DOC_TOOLS := $B/conf2man $B/fsm2dot
$(DOC_TOOLS): $B/%: $B/tools/%.o $(PARTS)
	$(if $(V),,@echo '  LINK $@')
	$Q$(CC) -o $@ $< $B/gateway_parts.a $(call lib,$(gateway)) $(ALL_LDFLAGS) \
	  $(call extra,gateway $(gateway))

# Many calls through the world: tests/soak with the world of tests/gateway.
SOAK_OBJS := $(call objs,tests/soak) $(patsubst %,$B/tests/gateway/%.o,world world_conf exchange phone harm sip/far)
$B/tests/soak.test: $(SOAK_OBJS) $(call objs,tests) $B/gateway_parts.a $(call lib,$(gateway)) $(call files,$(gateway))
	$(if $(V),,@echo '  LINK $@')
	$Q$(CC) -o $@ $(SOAK_OBJS) $(call objs,tests) $B/gateway_parts.a $(call lib,$(gateway)) \
	  $(ALL_LDFLAGS) $(call extra,gateway $(gateway)) -lcheck -lsubunit -lrt -lm
soak: $B/tests/soak.test ; $<

# libFuzzer, address and undefined-behaviour sanitizers; clang only.
$B/fuzz/%: $B/tests/fuzz/%_fuzz.o $(PARTS)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  LINK $@')
	$Q$(CC) -o $@ $< $B/gateway_parts.a $B/pbx_parts.a $(call lib,$(gateway)) \
	  $(ALL_LDFLAGS) -fsanitize=fuzzer $(call extra,gateway $(gateway))
FUZZERS := $(patsubst tests/fuzz/%_fuzz.c,$B/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
fuzzers: $(FUZZERS)

TESTS := $(foreach d,$(DIRS),$(if $(wildcard tests/$d/*_test.c),$B/tests/$d.test))
tests: $(TESTS)
test: $(TESTS)
	@tools/run-tests $^

# --- the gate ---

SOURCES = $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h' | sort -u)
format: ; clang-format-14 -i $(SOURCES)
format-check: ; clang-format-14 --dry-run -Werror $(SOURCES)

lint:
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -I . \
	  --enable=warning,portability --suppressions-list=tools/cppcheck.txt \
	  -j 2 $(DIRS) tools

FUZZ_SECONDS ?= 10
fuzz:
	$(MAKE) B=build/fuzz CC=clang-14 SAN=address,undefined CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' fuzzers
	tools/run-fuzzers build/fuzz/fuzz $(FUZZ_SECONDS)

check: ; tools/check-all

E2E_PROGRAMS := $(PROGRAMS) $B/phone
e2e: $(E2E_PROGRAMS)
	B=$(abspath $B) tests/e2e/run

lab: $(E2E_PROGRAMS) $B/tests/board.test
	B=$(abspath $B) tests/lab/run

bench: $(BENCHES) $(E2E_PROGRAMS)
	@for b in $(BENCHES); do $$b || exit 1; done
	@if [ -x tests/bench/loopback ]; then B=$(abspath $B) tests/bench/loopback; fi
	B=$(abspath $B) tests/bench/overload

# The tables of causeway.conf(5) in place; the machines under $B/docs, as
# pictures where graphviz is there.
docs: $(DOC_TOOLS)
	@mkdir -p $B/docs
	$B/conf2man gateway/causeway.conf.5 >$B/docs/causeway.conf.5
	@cmp -s $B/docs/causeway.conf.5 gateway/causeway.conf.5 || \
	  cp $B/docs/causeway.conf.5 gateway/causeway.conf.5
	@for m in $$($B/fsm2dot); do \
	  $B/fsm2dot $$m >$B/docs/$$m.dot || exit 1; \
	  if command -v dot >/dev/null; then dot -Tsvg -o $B/docs/$$m.svg $B/docs/$$m.dot || exit 1; fi; \
	done

# --- install: DESTDIR for packages, prefix for where; /etc/causeway is fixed ---

prefix ?= /usr/local
to     := $(DESTDIR)$(prefix)
man    := $(to)/share/man
placed  = sed 's|/usr/local|$(prefix)|g'

install: all
	install -d $(to)/sbin $(to)/bin $(to)/lib/causeway $(man)/man1 $(man)/man5 $(man)/man8
	install -m 755 $B/causewayd $(to)/sbin/
	install -m 755 $B/causeway $B/causeway-pbx $(to)/bin/
	$(placed) tools/dahdi-setup >$(to)/lib/causeway/dahdi-setup
	chmod 755 $(to)/lib/causeway/dahdi-setup
	install -m 644 tools/causeway.1 tools/causeway-pbx.1 $(man)/man1/
	install -m 644 gateway/causeway.conf.5 dialplan/dialplan.5 $(man)/man5/
	install -m 644 gateway/causewayd.8 $(man)/man8/
	install -d $(addprefix $(to)/lib/,systemd/system udev/rules.d sysusers.d tmpfiles.d)
	$(placed) tools/causewayd.service >$(to)/lib/systemd/system/causewayd.service
	chmod 644 $(to)/lib/systemd/system/causewayd.service
	install -m 644 tools/causewayd.rules $(to)/lib/udev/rules.d/70-causewayd.rules
	install -m 644 tools/causewayd.sysusers $(to)/lib/sysusers.d/causewayd.conf
	install -m 644 tools/causewayd.tmpfiles $(to)/lib/tmpfiles.d/causewayd.conf
	install -d -m 750 $(DESTDIR)/etc/causeway
	[ -e $(DESTDIR)/etc/causeway/causeway.conf ] || \
	  install -m 640 tools/causeway.conf $(DESTDIR)/etc/causeway/
	$(if $(DESTDIR),,@tools/install-finish $(prefix))

# The configuration and the user stay.
uninstall:
	rm -f $(to)/sbin/causewayd $(to)/bin/causeway $(to)/bin/causeway-pbx \
	  $(man)/man1/causeway.1 $(man)/man1/causeway-pbx.1 $(man)/man5/causeway.conf.5 \
	  $(man)/man5/dialplan.5 $(man)/man8/causewayd.8 $(to)/lib/causeway/dahdi-setup \
	  $(to)/lib/systemd/system/causewayd.service $(to)/lib/udev/rules.d/70-causewayd.rules \
	  $(to)/lib/sysusers.d/causewayd.conf $(to)/lib/tmpfiles.d/causewayd.conf
	rmdir $(to)/lib/causeway

install-check: all $(DOC_TOOLS)
	B=$(abspath $B) tests/install/run

clean: ; rm -rf $B build

-include $(shell find $B -name '*.d' 2>/dev/null)
.PHONY: all soak test tests fuzzers format format-check lint fuzz check e2e lab bench clean \
        docs install uninstall install-check
