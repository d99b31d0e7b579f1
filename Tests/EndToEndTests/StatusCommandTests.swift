import Foundation
import TestSupport
import Testing

/// `pqcdc-kafka status`, with a daemon and without.
@Suite struct StatusCommandTests {
    @Test func itShowsTheRunningDaemonsReportAndEndsWith0() throws {
        let scene = try Scene()
        let file = scene.configuration(metricPort: try FreePort.next())
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(60))
        let finished = try scene.command(["status"], file)
        #expect(finished.status == .exited(0), "\(finished)")
        #expect(finished.output.hasPrefix("pqcdc-kafka 0.1.0: streaming, ready, up "), "\(finished.output)")
        #expect(finished.output.contains("\(scene.slot) of database \(scene.database)"))
        #expect(finished.output.contains("public.users  public.users  \(scene.topic())"), "\(finished.output)")
        let json = try scene.command(["status", "--json"], file)
        let status = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(status?["state"] as? String == "streaming" && json.status == .exited(0), "\(json)")
        expectCleanStop(daemon)
    }

    @Test func withoutADaemonItSaysWhatDatabaseAndClusterKnow() throws {
        let scene = try Scene()
        let file = scene.configuration(metricPort: try FreePort.next())
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(60))
        expectCleanStop(daemon)
        let confirmed = try scene.confirmedFlush()
        let json = try scene.command(["status", "--json"], file)
        #expect(json.status == .exited(69), "\(json)")
        let status = try #require(
            JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any], "\(json)")
        #expect(status["state"] as? String == "not running" && status["ready"] as? Bool == false)
        let lsn = try #require(status["lsn"] as? [String: Any])
        #expect(lsn["confirmed"] as? String == confirmed && lsn["position"] as? String == confirmed, "\(json.output)")
        #expect((status["lag"] as? [String: Any])?["bytes"] is Int)
        let text = try scene.command(["status"], file)
        #expect(text.status == .exited(69))
        #expect(text.output.hasPrefix("pqcdc-kafka 0.1.0: not running, not ready"), "\(text.output)")
        #expect(!(text.output + json.output).contains(scene.password))
    }

    @Test func aDaemonThatIsNotReadyEndsItWith69() throws {
        let cluster = try MockKafka()
        let scene = try Scene(on: cluster)
        try cluster.takeDown()
        let file = scene.configuration(metricPort: try FreePort.next())
        let daemon = try scene.start(file)
        try daemon.waitForLog(containing: "msg=streaming", within: .seconds(60))
        let finished = try scene.command(["status"], file)
        #expect(finished.status == .exited(69), "\(finished)")
        #expect(finished.output.hasPrefix("pqcdc-kafka 0.1.0: opening, not ready"), "\(finished.output)")
        expectCleanStop(daemon)
    }

    @Test func anotherPipelinesDaemonIsNotMistakenForThisOnes() throws {
        let scene = try Scene()
        let port = try FreePort.next()
        let daemon = try scene.run(scene.configuration(metricPort: port))
        let other = try Scene()
        let finished = try other.command(["status"], other.configuration(metricPort: port))
        #expect(
            finished.status == .exited(69) && finished.output.contains("not this configuration's daemon"), "\(finished)"
        )
        expectCleanStop(daemon)
    }

    @Test func itPrintsAgainAndAgainWithWatch() throws {
        let scene = try Scene()
        let file = scene.configuration(metricPort: 0)
        let watching = try DaemonProcess(
            configuration: file, arguments: ["status", "--watch"], environment: scene.environment)
        defer { try? watching.kill9() }
        for _ in 0..<2 {
            let seen = watching.output.count
            #expect(
                watching.output.line(
                    where: { $0.contains("not running, not ready") }, from: seen, within: .seconds(60)) != nil)
        }
    }
}
