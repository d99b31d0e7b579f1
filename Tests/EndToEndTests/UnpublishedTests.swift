import Foundation
import TestSupport
import Testing

/// A publication that does not send what is mapped is said, though nothing of it is in the stream.
@Suite struct UnpublishedTests {
    private func scene() throws -> Scene {
        try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE orders (id int PRIMARY KEY)",
            rules: ["users": "{key: [id]}", "orders": "{key: [id]}"], publishing: "FOR TABLE users")
    }

    private func unpublished(_ port: UInt16) throws -> [String]? {
        let answer = try HTTPAnswer(port: port, path: "/status")
        let status = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        return (status?["unpublished"] as? [[String: String]])?.compactMap { $0["table"] }
    }

    @Test func itIsWarnedOfCountedAndShownAndMendedWithoutARestart() throws {
        let scene = try scene()
        let port = try FreePort.next()
        let file = scene.configuration(top: ["readiness: {unpublished: fail}"], metricPort: port)
        let daemon = try scene.run(file)
        let warning = try daemon.waitForLog(containing: #"table \"public.orders\" is not in publication"#)
        #expect(warning.contains("level=warn") && warning.contains("ADD TABLE"), "\(warning)")
        try eventually(within: .seconds(30), "the status") { try unpublished(port) == ["public.orders"] }
        let metrics = try HTTPAnswer(port: port, path: "/metrics").body
        #expect(metrics.contains("\npqcdc_unpublished_tables 1\n"))
        let ready = try HTTPAnswer(port: port, path: "/readyz")
        #expect(ready.status == 503 && ready.body.contains("public.orders"), "\(ready)")
        let shown = try scene.command(["status"], file)
        #expect(shown.status == .exited(69) && shown.output.contains("is not in publication"), "\(shown)")

        try scene.sql.execute("ALTER PUBLICATION \(scene.publication) ADD TABLE orders")
        // A reload looks at once; without it the next minute does.
        let start = try daemon.reload(file + "\n# mended\n")
        try daemon.waitForLog(containing: "the publication sends all that is mapped again", from: start)
        #expect(try HTTPAnswer(port: port, path: "/readyz").status == 200)

        // Made again, a table is no longer in the publication.
        try scene.sql.execute("DROP TABLE orders; CREATE TABLE orders (id int PRIMARY KEY)")
        let again = try daemon.reload(file + "\n# once more\n")
        try daemon.waitForLog(containing: #"table \"public.orders\" is not in publication"#, from: again)
        expectCleanStop(daemon)
    }

    @Test func insertsAloneAreSaidOnceAndNoReasonToFail() throws {
        let scene = try Scene()
        try scene.sql.execute("ALTER PUBLICATION \(scene.publication) SET (publish = 'insert')")
        let port = try FreePort.next()
        let daemon = try scene.run(scene.configuration(metricPort: port))
        try daemon.waitForLog(containing: "does not send update, delete of table")
        #expect(try HTTPAnswer(port: port, path: "/readyz").status == 200)
        expectCleanStop(daemon)
    }

    @Test func keysAndTablesThatDoNotExistAreSaidAtTheStart() throws {
        let scene = try Scene(rules: ["users": "{key: [nope]}", "gone": "{key: [id]}"])
        let daemon = try scene.run()
        try daemon.waitForLog(containing: #"the key column \"nope\" of table \"public.users\" does not exist"#)
        try daemon.waitForLog(containing: #"table \"public.gone\" does not exist"#)
        expectCleanStop(daemon)
    }
}
