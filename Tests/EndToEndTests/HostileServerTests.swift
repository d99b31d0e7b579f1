import Glibc
import TestSupport
import Testing

/// A server that stops in the middle of what it says, or says what does not belong there: no wait of ours is without end.
@Suite(.serialized) struct HostileServerTests {
    /// An ErrorResponse of 60 bytes, of which 9 come.
    private static let half: [UInt8] = [UInt8(ascii: "E"), 0, 0, 0, 60, UInt8(ascii: "S"), 70, 65, 84]
    /// One that has come as a whole, and whose fields do not end within it.
    private static let unterminated: [UInt8] = [UInt8(ascii: "E"), 0, 0, 0, 8, UInt8(ascii: "S"), 70, 65, 84]
    /// A RowDescription without columns, as of a statement that was never sent.
    private static let rowDescription: [UInt8] = [UInt8(ascii: "T"), 0, 0, 0, 6, 0, 0]

    private func scene() throws -> Scene {
        let scene = try Scene()
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '2s'")
        return scene
    }

    @Test(
        "A message in the stream that is not finished, or does not belong there, ends the session, and the next one goes on",
        arguments: [Self.half, Self.unterminated, Self.rowDescription])
    func aMessageThatIsNotFinishedEndsTheSession(_ bytes: [UInt8]) throws {
        let scene = try scene()
        let proxy = try ParameterProxy(
            to: scene.server.port, sending: bytes, before: .copyData(1), fallsSilent: true, connections: 1)
        defer { proxy.close() }
        let daemon = try scene.start(
            scene.configuration(cdc: ["sslMode: disable"], top: ["shutdownTimeout: 3s"], port: proxy.port))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try daemon.waitForLog(containing: "retry_in")
        #expect(daemon.log.text.contains("could not read from slot"), "\(daemon.log.text)")
        try scene.waitUntilConfirmed(scene.currentLSN())
        #expect(try daemon.stop() == .exited(0), "\(daemon.log.text)")
    }

    @Test(
        "A stop ends in time while the server says nothing",
        arguments: [
            (ParameterProxy.Moment.message("R", 1), [UInt8]()), (.answer(1), []), (.answer(3), []),
            (.message("D", 2), []),
            (.message("D", 2), [UInt8(ascii: "D"), 0, 0, 0, 60, 0]), (.copyData(1), Self.half),
            (.copyData(1), Self.unterminated), (.copyData(1), Self.rowDescription), (.copyData(1), []),
        ])
    func aStopEndsInTime(_ moment: ParameterProxy.Moment, _ bytes: [UInt8]) throws {
        let scene = try Scene()
        let proxy = try ParameterProxy(to: scene.server.port, sending: bytes, before: moment, fallsSilent: true)
        defer { proxy.close() }
        let daemon = try scene.start(
            scene.configuration(cdc: ["sslMode: disable"], top: ["shutdownTimeout: 3s"], port: proxy.port))
        try eventually(within: .seconds(60), "the silence") { proxy.reportCount > 0 }
        let begun = ContinuousClock.now
        daemon.send(SIGTERM)
        _ = try daemon.waitForExit(within: .seconds(20))
        #expect(begun.duration(to: .now) < .seconds(6), "\(daemon.log.text)")
    }

    @Test("A thread that hangs does not keep the process from ending", arguments: ["readerTurn", "monitorTurn"])
    func aThreadThatHangsDoesNotKeepTheProcess(_ failpoint: String) throws {
        let scene = try Scene()
        let daemon = try scene.start(
            scene.configuration(top: ["shutdownTimeout: 1s"]), failpoint: "\(failpoint):3")
        try daemon.waitForLog(containing: "starting")
        try daemon.waitUntilReady()
        let begun = ContinuousClock.now
        daemon.send(SIGTERM)
        let status = try daemon.waitForExit(within: .seconds(20))
        #expect(begun.duration(to: .now) < .seconds(6))
        // The one that hangs before the monitor's third turn leaves it time to end as always.
        #expect(status == .exited(69) || failpoint == "monitorTurn", "\(daemon.log.text)")
    }
}
