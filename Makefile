# clinicbot. `make run` builds and starts it, `make test` runs every test; both install what is
# missing first. `make help` lists the rest.

VERSION := 0.1.0
SAN ?= 0
WERROR ?= 0
V ?= 0
PKG_CONFIG ?= pkg-config
JOBS ?= $(shell nproc)
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(JOBS)
endif

# V=1 shows every command.
Q := $(if $(filter 1,$(V)),,@)

# FUZZ=1 builds for libFuzzer, by clang; see tests/fuzz/README.md.
FUZZ ?= 0
ifeq ($(FUZZ),1)
B := build/fuzz
CC := clang
else ifeq ($(SAN),1)
B := build/san
else
B := build
endif

LIBS := libwebsockets libuv libcurl libcjson libcmark libutf8proc sqlite3 libconfuse zlib openssl \
	libxml-2.0

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 \
	-Wundef -Wcast-qual
ifeq ($(WERROR),1)
WARN += -Werror
endif

DEFS := -D_POSIX_C_SOURCE=200809L -DCLINICBOT_VERSION='"$(VERSION)"'
INCLUDES := -Ibot -Itests $(shell $(PKG_CONFIG) --cflags $(LIBS) 2>/dev/null)
LDLIBS = $(shell $(PKG_CONFIG) --libs $(LIBS)) -lstemmer -lm

ifeq ($(FUZZ),1)
OPT := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
LINK := -fsanitize=fuzzer,address,undefined
else ifeq ($(SAN),1)
OPT := -O2 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LINK := -fsanitize=address,undefined
else
OPT := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection -ftrivial-auto-var-init=zero -fPIE
LINK := -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(shell uname -m),x86_64)
OPT += -fcf-protection
endif
ifeq ($(shell uname -m),aarch64)
OPT += -mbranch-protection=standard
endif
endif

CFLAGS := -std=c11 $(OPT) $(WARN) $(DEFS) $(INCLUDES) -MMD -MP $(EXTRA_CFLAGS)

# --- the floors -------------------------------------------------------------------------------

FLOORS := core wire io app
src = $(wildcard bot/$(1)/*.c)
obj = $(patsubst %.c,$(B)/%.o,$(1))

MAIN := bot/app/main.c
CORE_A := $(B)/core.a
WIRE_A := $(B)/wire.a
IO_A := $(B)/io.a
APP_A := $(B)/app.a
# Archives in the order of the linker: a floor may use those behind it.
ALL_A := $(APP_A) $(IO_A) $(WIRE_A) $(CORE_A)

all: $(B)/clinicbot
.PHONY: all

$(B)/clinicbot: $(call obj,$(MAIN)) $(ALL_A)
	@echo "  LINK $@"
	$Q$(CC) $(LINK) -o $@ $^ $(LDLIBS)

$(CORE_A): $(call obj,$(call src,core)) $(B)/bot/core/guard_shipped.o
$(WIRE_A): $(call obj,$(call src,wire))
$(IO_A): $(call obj,$(call src,io)) $(B)/bot/io/preview_page.o
$(APP_A): $(call obj,$(filter-out $(MAIN),$(call src,app)))
%.a:
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR) rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	$Q$(CC) $(CFLAGS) -c -o $@ $<

# The preview page is kept as HTML, CSS and JavaScript and built in as bytes.
PAGE := $(wildcard bot/io/preview/*)
$(B)/bot/io/preview_page.o: $(PAGE)
# The red flags as they are shipped, built in as bytes: what a clinic's folder is held against.
SHIPPED := intents/en/urgent.md $(wildcard intents/en/urgent/*.md) intents/en/words.md
$(B)/bot/core/guard_shipped.o: $(SHIPPED)

# What embed.sh needs to know of each.
EMBED_preview_page := io/preview_page.h page_file page_files bot/io/preview $(PAGE)
EMBED_guard_shipped := core/guard.h shipped shipped_files intents $(SHIPPED)
$(B)/bot/io/preview_page.o $(B)/bot/core/guard_shipped.o: bot/embed.sh
	@mkdir -p $(@D)
	@sh bot/embed.sh $(EMBED_$(basename $(@F))) > $(@:.o=.c)
	$Q$(CC) $(filter-out -MMD -MP,$(CFLAGS)) -c -o $@ $(@:.o=.c)

# --- tests ------------------------------------------------------------------------------------

UNIT_SRC := $(wildcard tests/core/test_*.c tests/wire/test_*.c tests/io/test_*.c tests/app/test_*.c \
	tests/calibrate/test_*.c)
UNIT := $(patsubst %.c,$(B)/%,$(UNIT_SRC))
SCRIPTS := tests/floors.sh $(sort $(wildcard tests/*.t tests/*/*.t))
FAKES := $(patsubst tests/fake/%.c,build/fake/%,$(wildcard tests/fake/fake_*.c))
TEST_LIBS := -lcmocka

$(B)/tests/core/%: tests/core/%.c $(CORE_A)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	$Q$(CC) $(CFLAGS) $(LINK) -o $@ $(filter %.c %.a,$^) $(TEST_LIBS) $(LDLIBS)
$(B)/tests/wire/%: tests/wire/%.c $(WIRE_A) $(CORE_A)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	$Q$(CC) $(CFLAGS) $(LINK) -o $@ $(filter %.c %.a,$^) $(TEST_LIBS) $(LDLIBS)
$(B)/tests/io/%: tests/io/%.c $(IO_A) $(WIRE_A) $(CORE_A)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	$Q$(CC) $(CFLAGS) $(LINK) -o $@ $(filter %.c %.a,$^) $(TEST_LIBS) $(LDLIBS)
$(B)/tests/app/%: tests/app/%.c $(ALL_A)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	$Q$(CC) $(CFLAGS) $(LINK) -o $@ $(filter %.c %.a,$^) $(TEST_LIBS) $(LDLIBS)

# The fakes share no code with the bot, and read JSON with another library. A fake is
# fake_NAME.c with its rooms NAME_*.c beside it.
build/fake/fake_%: tests/fake/fake_%.c $(wildcard tests/fake/*.c tests/fake/*.h)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O1 -g -Wall -Wextra $(if $(filter 1,$(WERROR)),-Werror) -o $@ $< \
		$(wildcard tests/fake/$*_*.c) \
		$(shell $(PKG_CONFIG) --cflags --libs libwebsockets jansson zlib) -lm

# What stands between the bot and the system when it is tortured (tests/torture/README.md).
SHIM := build/torture/shim.so
$(SHIM): tests/torture/shim.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra $(if $(filter 1,$(WERROR)),-Werror) -shared -fPIC \
		-o $@ $< -ldl

unit: $(UNIT)
.PHONY: unit

fakes: $(FAKES)
.PHONY: fakes

# What the urgent lane makes of messages by a writer whom it has not learnt from.
lane: deps
	@$(MAKE) all
	@tests/lane/writers.t --table
.PHONY: lane

# What things cost, on the release build; not part of the tests, as it depends on the machine.
# DATA=FOLDER: how well intents are told apart, beside nlp.js (if npm is there) and fastText (if it is
# there; Debian's packages npm and fasttext); BENCH_PEERS=0 leaves these out.
BENCHES := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c))
INTENTS := $(B)/tests/bench/intents
$(B)/tests/bench/%: tests/bench/%.c $(IO_A) $(WIRE_A) $(CORE_A)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	$Q$(CC) $(CFLAGS) $(LINK) -o $@ $(filter %.c %.a,$^) $(LDLIBS)

bench: deps
	@$(MAKE) $(BENCHES) $(B)/clinicbot
ifdef DATA
	@tests/bench/compare.py $(INTENTS) intents/en/words.vec $(DATA)
else
	@for bench in $(filter-out $(INTENTS),$(BENCHES)); do echo "$$bench:" && $$bench || exit 1; done
	@tests/bench/ask.py $(B)/clinicbot intents
	@tests/bench/memory.py $(B)/clinicbot
endif
.PHONY: bench

# From a question on the gateway to its reply, beside discord.py and discord.js (tests/bench/gateway.py).
# The bot keeps below Discord's limit of 50 requests a second; a second build of it does not.
UNLIMITED := $(B)/tests/bench/clinicbot_unlimited
$(B)/tests/bench/ratelimit_unlimited.o: bot/wire/ratelimit.c
	@mkdir -p $(@D)
	$Q$(CC) $(CFLAGS) -DRATELIMIT_GLOBAL_MAX=10000 -c -o $@ $<
$(UNLIMITED): $(call obj,$(MAIN)) $(B)/tests/bench/ratelimit_unlimited.o $(ALL_A)
	@echo "  LINK $@"
	$Q$(CC) $(LINK) -o $@ $^ $(LDLIBS)

bench-gateway: deps
	@sh bot/deps.sh libjansson-dev python3
	@$(MAKE) all fakes $(UNLIMITED)
	@tests/bench/gateway.py
.PHONY: bench-gateway

# Fits how sure the bot is (bot/core/judge_fitted.h) on intents/ and tests/questions/samples/.
# tests/calibrate/calibrate --ablation tells what each part of the signals brings.
CALIBRATE_SRC := $(filter-out tests/calibrate/test_%,$(wildcard tests/calibrate/*.c))
CALIBRATE_H := $(wildcard tests/calibrate/*.h)
$(B)/tests/calibrate/calibrate: $(CALIBRATE_SRC) $(IO_A) $(WIRE_A) $(CORE_A) $(CALIBRATE_H)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	$Q$(CC) $(filter-out -MMD -MP,$(CFLAGS)) $(LINK) -o $@ $(filter-out %.h,$^) $(LDLIBS)
$(B)/tests/calibrate/test_fit: tests/calibrate/test_fit.c tests/calibrate/fit.c $(CORE_A) $(CALIBRATE_H)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	$Q$(CC) $(filter-out -MMD -MP,$(CFLAGS)) $(LINK) -o $@ $(filter-out %.h,$^) $(TEST_LIBS) $(LDLIBS)

# Fits the bounds of the urgent lane (bot/core/urgent_fitted.h) on intents/.
$(B)/tests/lane/lane: tests/lane/lane.c $(IO_A) $(WIRE_A) $(CORE_A)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	$Q$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LDLIBS)

calibrate: deps
	@$(MAKE) $(B)/tests/calibrate/calibrate $(B)/tests/lane/lane
	$(B)/tests/lane/lane > $(B)/urgent_fitted.h
	clang-format $(B)/urgent_fitted.h > bot/core/urgent_fitted.h
	$(B)/tests/calibrate/calibrate > $(B)/judge_fitted.h
	clang-format $(B)/judge_fitted.h > bot/core/judge_fitted.h
	@$(MAKE) all
.PHONY: calibrate

# Inputs that nobody thought of, tests/fuzz/README.md. FUZZ_TARGETS picks some of the targets by name,
# FUZZ_CI_SECONDS is how long `make test` looks for new inputs, for each target.
FUZZ_SECONDS ?= 60
FUZZ_CI_SECONDS ?= 10
FUZZ_TARGETS ?= $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZERS := $(patsubst %,build/fuzz/tests/fuzz/fuzz_%,$(FUZZ_TARGETS))
export FUZZ_CI_SECONDS
build/fuzz/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(ALL_A)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	$Q$(CC) $(CFLAGS) $(LINK) -o $@ $(filter %.c %.a,$^) $(LDLIBS)

# Loops over numbers, which hold no branch worth finding, and took most of a target's time.
build/fuzz/bot/core/bag.o build/fuzz/bot/core/classify.o build/fuzz/bot/core/features.o \
build/fuzz/bot/core/logistic.o build/fuzz/bot/core/vectors.o: CFLAGS += -O2 -fno-sanitize=fuzzer-no-link

fuzzers:
	$(MAKE) FUZZ=1 WERROR=1 $(FUZZERS)
fuzz: deps-test
	@$(MAKE) fuzzers
	sh tests/fuzz/fuzz.t $(FUZZ_SECONDS) $(FUZZ_TARGETS)
.PHONY: fuzzers fuzz

# Unit and flow tests run under the sanitizers; the release binary is built beside it, so that the
# floors and the size of the real thing are looked at too. The scripts come first: they take longest.
test: deps-test
	$(MAKE) WERROR=1 all fakes $(SHIM) $(INTENTS) $(B)/tests/calibrate/calibrate $(B)/tests/lane/lane
	$(MAKE) WERROR=1 SAN=1 all unit
	$(MAKE) fuzzers
	perl tests/run.pl --jobs $(JOBS) $(SCRIPTS) $(patsubst $(B)/%,build/san/%,$(UNIT))
.PHONY: test

# Breaks the bot at thousands of places; SEED=1 to 5 take different ones.
torture: deps-test
	@$(MAKE) WERROR=1 all fakes $(SHIM)
	@SEED=$(SEED) tests/torture/torture.py
SEED ?= 1
.PHONY: torture

# The real binary on a real Synapse (tests/real/README.md). SECRET_FILE holds its registration_shared_secret;
# RESTART, if given, is a command that kills it and starts it again, APPSERVICE a registration that it knows.
real-matrix: deps
	@sh bot/deps.sh python3
	@$(MAKE) all
	@tests/real/synapse.py '$(or $(HOMESERVER),$(error HOMESERVER= is missing))' \
		'$(or $(SECRET_FILE),$(error SECRET_FILE= is missing))' \
		$(if $(RESTART),--restart '$(RESTART)') $(if $(APPSERVICE),--appservice '$(APPSERVICE)')
.PHONY: real-matrix

check: test
.PHONY: check

# --- putting it into place ---------------------------------------------------------------------

# README.md, "Running it as a service". What clinics write stands in /etc/clinicbot and is never touched.
PREFIX ?= /usr/local
BIN := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share
UNITS := $(DESTDIR)$(PREFIX)/lib/systemd/system
install: all
	install -D -m 755 $(B)/clinicbot $(BIN)/clinicbot
	rm -rf $(SHARE)/clinicbot/intents
	cd intents && find . -type f -exec install -D -m 644 {} $(abspath $(SHARE))/clinicbot/intents/{} \;
	install -D -m 644 -t $(SHARE)/doc/clinicbot README.md LICENSE
	install -d $(UNITS)
	sed 's|/usr/local|$(PREFIX)|g' bot/clinicbot.service > $(UNITS)/clinicbot.service
	chmod 644 $(UNITS)/clinicbot.service
.PHONY: install

# --- what it needs ----------------------------------------------------------------------------

DEPS := gcc make pkg-config libwebsockets-dev libuv1-dev libcurl4-openssl-dev libcjson-dev \
	libcmark-dev libutf8proc-dev libstemmer-dev libsqlite3-dev libconfuse-dev zlib1g-dev \
	libssl-dev libxml2-dev ca-certificates
DEPS_TEST := openssl systemd libcmocka-dev libjansson-dev perl python3 python3-discord python3-matrix-nio chromium \
	clang libclang-rt-dev llvm

deps:
	@sh bot/deps.sh $(DEPS)
deps-test:
	@sh bot/deps.sh $(DEPS) $(DEPS_TEST)
.PHONY: deps deps-test

run: deps
	$(MAKE) all
	$(B)/clinicbot run $(if $(CONF),-c $(CONF),$(if $(wildcard clinicbot.conf),-c clinicbot.conf))
.PHONY: run

# Builds the table of word vectors again; its source is told in intents/en/words.vec.md.
vectors:
	@sh bot/deps.sh wordnet-base scowl
	@command -v npm >/dev/null || sh bot/deps.sh nodejs npm
	node tests/vectors/build.js build/vectors intents/en/words.vec
.PHONY: vectors

# --- keeping it tidy --------------------------------------------------------------------------

SOURCES := $(wildcard bot/*/*.c bot/*/*.h tests/*/*.c tests/*/*.h)

format:
	clang-format -i $(SOURCES)
# The floors look at the release objects, and clang-tidy needs the libraries' headers.
lint: deps
	@sh bot/deps.sh clang-format clang-tidy
	@$(MAKE) WERROR=1 all
	@$(MAKE) -k -O tidy
	sh tests/floors.sh
TIDY := $(patsubst %,tidy/%,$(wildcard bot/*/*.c))
tidy: tidy/layout $(TIDY)
tidy/layout:
	@clang-format --dry-run -Werror $(SOURCES)
$(TIDY): tidy/%:
	@clang-tidy --quiet $* -- -std=c11 $(DEFS) $(INCLUDES)
.PHONY: format lint tidy tidy/layout $(TIDY)

clean:
	rm -rf build
.PHONY: clean

help:
	@echo "make run     install what is missing, build, start the bot (CONF=FILE for a configuration)"
	@echo "make test    install what is missing, build, run every test; JOBS=N of them at a time"
	@echo "make         build build/clinicbot; SAN=1 builds build/san/clinicbot with sanitizers"
	@echo "make fuzz    look for inputs that break something; FUZZ_SECONDS=60 each, FUZZ_TARGETS=..."
	@echo "make torture  break the bot at a thousand places and count what is lost; SEED=1..5"
	@echo "make real-matrix  the bot on a real Synapse: HOMESERVER=http://... SECRET_FILE=FILE"
	@echo "make lane    how many urgent messages of a writer not learnt from are recognised"
	@echo "make bench   measure what things cost; DATA=FOLDER: how well intents are told apart"
	@echo "make bench-gateway  from a question to its reply, beside discord.py and discord.js"
	@echo "make vectors build intents/en/words.vec again"
	@echo "make calibrate  fit how sure the bot is to the content; half a minute"
	@echo "make install put it into PREFIX=/usr/local (DESTDIR=... in front), as root"
	@echo "make deps    only install what building needs"
	@echo "make format  lay the code out;  make lint  look it over;  make clean"
.PHONY: help

-include $(shell find $(B) -name '*.d' 2>/dev/null)
