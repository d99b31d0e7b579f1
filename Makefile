# pqcdc-kafka: what there is to do, by name. `make` alone lists it.

SWIFT ?= swift
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
BINDIR = $(PREFIX)/bin
UNITDIR = $(PREFIX)/lib/systemd/system
CONFDIR = $(SYSCONFDIR)/pqcdc-kafka
MANDIR = $(PREFIX)/share/man/man1
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/site-functions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d
# Examples of configurations, and what there is for monitoring.
DATADIR = $(PREFIX)/share/pqcdc-kafka
# The pages that messages and units point to, and the license.
DOCDIR = $(PREFIX)/share/doc/pqcdc-kafka
PAGES = README.md CHANGELOG.md LICENSE

# The Swift runtime goes into the binary, so that the host needs Debian's C libraries only.
RELEASE = -c release --static-swift-stdlib
# lint and test share these, and with them one build.
CHECKED = -Xswiftc -warnings-as-errors

SOURCES = Sources Tests Package.swift Benchmarks/Sources Benchmarks/Package.swift
BINARY = .build/release/pqcdc-kafka
UNITS = pqcdc-kafka.service pqcdc-kafka@.service

# The benchmarks are a package of their own, and find the daemon and the mock cluster where the daemon's package built them.
# SwiftPM keeps its plan when files come or go in a package named by path, so the plan is thrown away.
BENCHMARKS = rm -f Benchmarks/.build/release/description.json && $(SWIFT) build -c release --package-path Benchmarks
BENCH = PQCDC_TEST_PRODUCTS='$(CURDIR)/.build/release' Benchmarks/.build/release
THRESHOLDS = Benchmarks/thresholds.csv

.PHONY: help deps build mock-kafka test chaos lint format demo bench bench-micro bench-check bench-thresholds install uninstall clean

help:
	@echo 'make deps       install what is missing from Debian or Ubuntu (with sudo when not root)'
	@echo 'make build      build the daemon in release mode'
	@echo 'make mock-kafka  build an embedded Kafka, for trying without a cluster'
	@echo 'make demo       PostgreSQL, Kafka and the daemon on this machine, from start to records'
	@echo 'make test       build and run all tests'
	@echo 'make chaos      inject faults and prove that nothing is lost (DURATION=1m SEED= DELIVERY= SNAPSHOT= KAFKA=)'
	@echo 'make lint       format, warnings and scripts'
	@echo 'make format     bring the sources into the house format'
	@echo 'make bench      measure from PostgreSQL to Kafka beside pg_recvlogical (BENCH_ARGS="--help" for more)'
	@echo 'make bench-micro  measure single steps: time, instructions, heap allocations'
	@echo 'make bench-check  fail when instructions or allocations have grown'
	@echo 'make install    install the built daemon (PREFIX=$(PREFIX), DESTDIR honoured)'
	@echo 'make uninstall  remove it again; the configuration stays'
	@echo 'make clean      remove what was built'

deps:
	@scripts/install-deps.sh

build: deps
	$(SWIFT) build $(RELEASE) --product pqcdc-kafka
	@echo "$(CURDIR)/$(BINARY)"

# What there is to try the daemon on where no cluster is at hand.
mock-kafka: deps
	$(SWIFT) build $(RELEASE) --product pqcdc-mock-kafka
	@echo "$(CURDIR)/.build/release/pqcdc-mock-kafka"

test: deps
	$(SWIFT) build --build-tests $(CHECKED)
	@scripts/test.sh $(SWIFT) test --skip-build $(CHECKED)

# DELIVERY: at-least-once or exactly-once. SNAPSHOT: never, initial, on-demand or both. KAFKA: mock or broker. A debug build,
# so it shares that of the tests.
chaos: deps
	$(SWIFT) build --build-tests $(CHECKED)
	@.build/debug/pqcdc-chaos --duration $(or $(DURATION),1m) $(if $(SEED),--seed $(SEED)) \
	    $(if $(DELIVERY),--delivery $(DELIVERY)) $(if $(SNAPSHOT),--snapshot $(SNAPSHOT)) $(if $(KAFKA),--kafka $(KAFKA))

lint: deps
	$(SWIFT) format lint --strict --recursive $(SOURCES)
	scripts/check-text.sh
	$(SWIFT) build --build-tests $(CHECKED)

format:
	$(SWIFT) format --in-place --recursive $(SOURCES)

# Builds what it needs by itself.
demo:
	@SWIFT='$(SWIFT)' scripts/demo.sh

# BENCH_ARGS: options, or one of the other measurements (snapshot, on-demand, latency, idle, ready, blocked, size, growth).
bench: build
	$(SWIFT) build $(RELEASE) --product pqcdc-mock-kafka
	$(BENCHMARKS) --product pqcdc-bench
	@$(BENCH)/pqcdc-bench $(BENCH_ARGS)

bench-micro: deps
	$(SWIFT) build $(RELEASE) --product pqcdc-mock-kafka
	$(BENCHMARKS) --product pqcdc-microbench
	@$(BENCH)/pqcdc-microbench show --instructions $(BENCH_ARGS)

bench-check: deps
	$(SWIFT) build $(RELEASE) --product pqcdc-mock-kafka
	$(BENCHMARKS) --product pqcdc-microbench
	@$(BENCH)/pqcdc-microbench check --thresholds $(THRESHOLDS)

bench-thresholds: deps
	$(BENCHMARKS) --product pqcdc-microbench
	@$(BENCH)/pqcdc-microbench update --thresholds $(THRESHOLDS)

# Does not build: it runs as root, whose PATH may have no swift. The completions come from the binary itself.
install:
	@test -x $(BINARY) || { echo 'make install: nothing is built; run "make build" first' >&2; exit 1; }
	install -D -m 755 $(BINARY) '$(DESTDIR)$(BINDIR)/pqcdc-kafka'
	install -d '$(DESTDIR)$(UNITDIR)' '$(DESTDIR)$(BASHDIR)' '$(DESTDIR)$(ZSHDIR)' '$(DESTDIR)$(FISHDIR)'
	for unit in $(UNITS); do \
	    sed 's|/usr/local/bin|$(BINDIR)|; s|/etc/pqcdc-kafka|$(CONFDIR)|' "systemd/$$unit" \
	        > '$(DESTDIR)$(UNITDIR)'/"$$unit" && chmod 644 '$(DESTDIR)$(UNITDIR)'/"$$unit" || exit 1; \
	done
	$(BINARY) --generate-completion-script bash > '$(DESTDIR)$(BASHDIR)/pqcdc-kafka'
	$(BINARY) --generate-completion-script zsh > '$(DESTDIR)$(ZSHDIR)/_pqcdc-kafka'
	$(BINARY) --generate-completion-script fish > '$(DESTDIR)$(FISHDIR)/pqcdc-kafka.fish'
	install -D -m 644 docs/man/pqcdc-kafka.1 '$(DESTDIR)$(MANDIR)/pqcdc-kafka.1'
	cd config && find . -type f ! -path ./pqcdc-kafka.yaml -exec install -D -m 644 {} '$(DESTDIR)$(DATADIR)'/{} ';'
	for page in $(PAGES) docs/*.md docs/plots/*.svg; do \
	    install -D -m 644 "$$page" '$(DESTDIR)$(DOCDIR)'/"$$page" || exit 1; \
	done
	@if [ -e '$(DESTDIR)$(CONFDIR)/pqcdc-kafka.yaml' ]; then \
	    echo 'keeping $(DESTDIR)$(CONFDIR)/pqcdc-kafka.yaml as it is'; \
	else \
	    install -D -m 644 config/pqcdc-kafka.yaml '$(DESTDIR)$(CONFDIR)/pqcdc-kafka.yaml'; \
	fi

uninstall:
	rm -f '$(DESTDIR)$(BINDIR)/pqcdc-kafka' '$(DESTDIR)$(MANDIR)/pqcdc-kafka.1' '$(DESTDIR)$(BASHDIR)/pqcdc-kafka' \
	    '$(DESTDIR)$(ZSHDIR)/_pqcdc-kafka' '$(DESTDIR)$(FISHDIR)/pqcdc-kafka.fish'
	for unit in $(UNITS); do rm -f '$(DESTDIR)$(UNITDIR)'/"$$unit" || exit 1; done
	rm -rf '$(DESTDIR)$(DATADIR)' '$(DESTDIR)$(DOCDIR)'
	@if [ -d '$(DESTDIR)$(CONFDIR)' ]; then echo 'keeping $(DESTDIR)$(CONFDIR)'; fi

clean:
	rm -rf .build Benchmarks/.build
