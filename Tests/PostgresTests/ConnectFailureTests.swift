import Testing

@testable import Postgres

/// What libpq says of a failed log-in, as it says it.
@Suite struct ConnectFailureTests {
    @Test(
        "The SQLSTATE and the reason are found, whatever the language",
        arguments: [
            (
                """
                connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01: password authentication failed for user "x"
                LOCATION:  auth_failed, auth.c:326

                """,
                "28P01",
                #"connection to server at "127.0.0.1", port 5432 failed: FATAL: password authentication failed for user "x""#
            ),
            (
                "connection to server on socket \"/tmp/.s.PGSQL.5432\" failed: FATAL:  57P03: the database system is starting up\nLOCATION:  ProcessStartupPacket, postmaster.c:2354\n",
                "57P03",
                #"connection to server on socket "/tmp/.s.PGSQL.5432" failed: FATAL: the database system is starting up"#
            ),
            (
                "connection to server at \"::1\", port 5432 failed: SCHWERWIEGEND:  3D000: Datenbank »d« existiert nicht\nORT:  InitPostgres, postinit.c:1056\n",
                "3D000",
                "connection to server at \"::1\", port 5432 failed: SCHWERWIEGEND: Datenbank »d« existiert nicht"
            ),
            (
                "connection to server at \"h\" (10.0.0.1), port 5432 failed: 致命的エラー:  53300: 接続数が多すぎます\n場所:  InitPostgres, postinit.c:760\n",
                "53300", "connection to server at \"h\" (10.0.0.1), port 5432 failed: 致命的エラー: 接続数が多すぎます"
            ),
            (
                """
                connection to server at "::1", port 5432 failed: FATAL:  28P01: password authentication failed for user "x"
                LOCATION:  auth_failed, auth.c:334
                connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01: password authentication failed for user "x"
                LOCATION:  auth_failed, auth.c:334

                """,
                "28P01",
                #"connection to server at "::1", port 5432 failed: FATAL: password authentication failed for user "x" connection to server at "127.0.0.1", port 5432 failed: FATAL: 28P01: password authentication failed for user "x""#
            ),
            (
                """
                connection to server at "127.0.0.1", port 5432 failed: FATAL:  P0001: a trigger on log-in says CANARY
                CONTEXT:  PL/pgSQL function f() line 1 at RAISE
                LOCATION:  exec_stmt_raise, pl_exec.c:3887

                """,
                "P0001", "raised by a function (P0001); the server's log has its own words"
            ),
        ])
    func theSQLStateIsFound(text: String, state: String, reason: String) {
        let failure = ConnectFailure(verbose: text)
        #expect(failure.sqlState == state && failure.reason == reason)
        #expect(failure.error("connect").kind == .refused)
    }

    @Test(
        "What the server did not say has no SQLSTATE",
        arguments: [
            "connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?\n",
            "could not translate host name \"ABCDE\" to address: Name or service not known",
            "connection to server at \"h\", port 5432 failed: server closed the connection unexpectedly",
            "SSL error: ABCDE", "", ":", "::::", "  12345", "  12345:",
        ])
    func whatTheServerDidNotSayHasNone(text: String) {
        let failure = ConnectFailure(verbose: text)
        #expect(failure.error("connect").kind == (failure.sqlState == nil ? .unreachable : .refused))
        if !text.hasPrefix("  12345:") { #expect(failure.sqlState == nil) }
        #expect(!failure.reason.contains("\n"))
    }
}
