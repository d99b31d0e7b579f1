import Glibc
import Observability
import Testing

@Suite struct HTTPEndpointTests {
    let registry = MetricRegistry()
    let endpoint: HTTPEndpoint

    init() throws {
        let registry = registry
        registry.counter("n_total", help: "N.").increment(by: 42)
        endpoint = try HTTPEndpoint(
            port: 0,
            routes: [
                "/metrics": { .metrics(of: registry) },
                "/healthz": { HTTPResponse(status: 503, text: "passive\n") },
                "/large": { HTTPResponse(status: 200, text: String(repeating: "x", count: 8_000_000)) },
                "/empty": { HTTPResponse(status: 200, text: "") },
            ])
    }

    @Test func servesMetrics() throws {
        let answer = try HTTPClient.ask(endpoint.port, "GET", "/metrics?name=x")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n\(registry.render())"))
    }

    @Test func passesTheStatusOfARouteOn() throws {
        let answer = try HTTPClient.ask(endpoint.port, "GET", "/healthz")
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.hasSuffix("\r\n\r\npassive\n"))
    }

    @Test func anEmptyBodyIsAnAnswerToo() throws {
        let answer = try HTTPClient.ask(endpoint.port, "GET", "/empty")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("\r\nContent-Length: 0\r\n"))
    }

    @Test func anUnknownPathIsAnsweredWithTheKnownOnes() throws {
        let answer = try HTTPClient.ask(endpoint.port, "GET", "/")
        #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nnot found; there is: /empty, /healthz, /large, /metrics\n"))
    }

    @Test func headHasTheHeadersOfGetAndNoBody() throws {
        let head = try HTTPClient.ask(endpoint.port, "HEAD", "/metrics")
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(head.contains("\r\nContent-Length: \(registry.render().utf8.count)\r\n"))
        #expect(head.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: ["PUT", "DELETE", "OPTIONS", "BREW"])
    func otherMethodsAreRefused(method: String) throws {
        let answer = try HTTPClient.ask(endpoint.port, method, "/metrics")
        #expect(answer.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
        #expect(answer.contains("\r\nAllow: GET, HEAD\r\n"))
    }

    @Test func aPostIsRefusedWithoutReadingItsBody() throws {
        let client = try HTTPClient(port: endpoint.port)
        client.send("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n")
        #expect(client.readToEnd().hasPrefix("HTTP/1.1 405 "))
    }

    @Test func oneConnectionServesManyScrapes() throws {
        let client = try HTTPClient(port: endpoint.port)
        for _ in 0..<3 {
            client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let answer = client.read().map { String(decoding: $0, as: UTF8.self) }
            #expect(answer?.hasPrefix("HTTP/1.1 503 ") == true)
        }
    }

    @Test func servesIPv6Too() throws {
        let probe = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        guard probe >= 0 else { return }
        do {
            #expect(try HTTPClient.ask(endpoint.port, "GET", "/metrics", ipv6: true).hasPrefix("HTTP/1.1 200 "))
        } catch let failure as HTTPClient.Failure {
            // A container whose loopback has no ::1 has nothing to test.
            #expect(failure.code == EADDRNOTAVAIL)
        }
    }

    @Test func rubbishAndOversizedHeadersHarmNobody() throws {
        let rubbish = try HTTPClient(port: endpoint.port)
        rubbish.send("\u{0}\u{1}\u{2}\r\n\r\n")
        let oversized = try HTTPClient(port: endpoint.port)
        oversized.send("GET /metrics HTTP/1.1\r\nX: \(String(repeating: "x", count: 20_000))\r\n")
        #expect(!oversized.readToEnd().hasPrefix("HTTP/1.1 200 "))
        #expect(try HTTPClient.ask(endpoint.port, "GET", "/metrics").hasPrefix("HTTP/1.1 200 "))
    }

    @Test func aSlowClientHoldsUpNobodyAndGetsAllOfItsAnswer() throws {
        let slow = try HTTPClient(port: endpoint.port)
        // More than the socket buffers hold: the server has to wait for this client in mid-answer.
        slow.send("GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let halfway = try HTTPClient(port: endpoint.port)
        halfway.send("GET /metr")
        for _ in 0..<10 {
            #expect(try HTTPClient.ask(endpoint.port, "GET", "/metrics").hasPrefix("HTTP/1.1 200 "))
        }
        let answer = slow.readToEnd()
        #expect(answer.utf8.count > 8_000_000)
        halfway.send("ics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(halfway.readToEnd().hasPrefix("HTTP/1.1 200 "))
    }

    /// More clients than connections: the rest waits in the backlog and is served as places become free.
    @Test func manyClientsAtOnceAreAllServed() throws {
        let clients = try (0..<200).map { _ in try HTTPClient(port: endpoint.port) }
        for client in clients {
            client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        }
        for client in clients {
            #expect(client.readToEnd().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func aPortInUseIsNamedWithTheReason() throws {
        let error = try #require(throws: HTTPEndpointError.self) {
            _ = try HTTPEndpoint(port: endpoint.port, routes: [:])
        }
        #expect(error.description == "could not listen on port \(endpoint.port): Address already in use")
    }

    @Test func afterStopThePortIsFreeAndASecondStopDoesNothing() throws {
        _ = try HTTPClient.ask(endpoint.port, "GET", "/metrics")
        endpoint.stop()
        endpoint.stop()
        #expect(throws: HTTPClient.Failure.self) { _ = try HTTPClient(port: endpoint.port) }
        // Connections of the first one are still in TIME_WAIT.
        let next = try HTTPEndpoint(port: endpoint.port, routes: [:])
        #expect(next.port == endpoint.port)
    }

    @Test func stopDoesNotWaitForAClient() throws {
        let idle = try HTTPClient(port: endpoint.port)
        idle.send("GET /metr")
        let slow = try HTTPClient(port: endpoint.port)
        slow.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let clock = ContinuousClock()
        #expect(clock.measure { endpoint.stop() } < .seconds(5))
    }

    @Test func releasingTheEndpointStopsIt() throws {
        var other: HTTPEndpoint? = try HTTPEndpoint(port: 0, routes: [:])
        let port = try #require(other?.port)
        #expect(try HTTPClient.ask(port, "GET", "/").hasPrefix("HTTP/1.1 404 "))
        other = nil
        #expect(throws: HTTPClient.Failure.self) { _ = try HTTPClient(port: port) }
    }

    @Test func theThreadTakesNoSignals() throws {
        let before = Set(ThreadStatus.all.map(\.id))
        // The threads of Swift's pool block signals themselves; the daemon's main thread, which starts us, does not.
        var none = sigset_t()
        var former = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &former)
        let other = try HTTPEndpoint(port: 0, routes: [:])
        var after = sigset_t()
        pthread_sigmask(SIG_SETMASK, &former, &after)
        // Asked once, so that the thread runs and has its name.
        _ = try HTTPClient.ask(other.port, "GET", "/")
        let started = ThreadStatus.all.filter { $0.name == "MHD-single" && !before.contains($0.id) }
        #expect(!started.isEmpty)
        for thread in started {
            for signal in [SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGCHLD] { #expect(thread.blocks(signal)) }
            #expect(!thread.blocks(SIGSEGV))
        }
        #expect(sigismember(&after, SIGTERM) == 0)
    }
}
