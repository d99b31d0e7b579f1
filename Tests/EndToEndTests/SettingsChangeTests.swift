import TestSupport
import Testing

/// A server or a pooler that reports other settings in the middle of a session.
@Suite(.serialized) struct SettingsChangeTests {
    @Test(
        "A command whose session is given another encoding ends by name, and not by a trap",
        arguments: [["validate", "--online"], ["setup", "--dry-run"]], [1, 2, 3, 4, 6])
    func aCommandEndsByName(command: [String], answer: Int) throws {
        let scene = try Scene(rules: ["users": "{}"])
        let proxy = try ParameterProxy(
            to: scene.server.port, reporting: "client_encoding", as: "BIG5", before: .answer(answer))
        defer { proxy.close() }
        let ended = try scene.command(
            command, scene.configuration(cdc: ["sslMode: disable"], port: proxy.port), environment: scene.asSuperuser)
        // One that needed fewer answers has not met the report.
        guard proxy.reportCount > 0 else { return }
        #expect(ended.status == .exited(69), "\(ended.status): \(ended.errors)\(ended.output)")
        #expect("\(ended.errors)\(ended.output)".contains("client_encoding is \"BIG5\""), "\(ended.errors)")
    }

    @Test(
        "A stream whose session is given other settings is begun anew, and no value takes another form",
        arguments: [
            ("client_encoding", "LATIN9"), ("DateStyle", "SQL, DMY"), ("TimeZone", "Europe/Berlin"),
            ("IntervalStyle", "iso_8601"), ("standard_conforming_strings", "off"),
        ])
    func aStreamIsBegunAnew(name: String, value: String) throws {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, at timestamptz, name text)", rules: ["users": "{key: [id]}"])
        let proxy = try ParameterProxy(
            to: scene.server.port, reporting: name, as: value, before: .copyData(8), connections: 1)
        defer { proxy.close() }
        let daemon = try scene.run(scene.configuration(cdc: ["sslMode: disable"], port: proxy.port))
        try scene.sql.execute("INSERT INTO users SELECT i, '2026-11-22 10:00+00', 'ä' FROM generate_series(1, 20) i")
        try daemon.waitForLog(containing: "the session's \(name) is")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        #expect(proxy.reportCount == 1)
        let records = try scene.consumer().recordsToEnd()
        #expect(Set(records.compactMap(\.keyText)).count == 20)
        #expect(
            records.allSatisfy {
                $0.valueText?.contains(#""at":"2026-11-22T10:00:00"#) == true
                    || $0.valueText?.contains(#""at":"2026-11-22 10:00:00+00""#) == true
            })
        expectCleanStop(daemon)
    }

    @Test("A daemon whose every session is given another encoding goes on trying, and does not end")
    func aDaemonGoesOnTrying() throws {
        let scene = try Scene(rules: ["users": "{}"])
        let proxy = try ParameterProxy(
            to: scene.server.port, reporting: "client_encoding", as: "BIG5", before: .answer(2), connections: 3)
        defer { proxy.close() }
        let daemon = try scene.start(scene.configuration(cdc: ["sslMode: disable"], port: proxy.port))
        try daemon.waitForLog(containing: "client_encoding is")
        try daemon.waitUntilReady()
        expectCleanStop(daemon)
    }
}
