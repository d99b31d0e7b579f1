import Foundation
import TestSupport
import Testing

/// Commands by hand, without the secrets that systemd gives to the service only: each needs no more than it uses.
@Suite struct SecretlessCommandTests {
    private func file(port: UInt16) -> String {
        """
        cdc:
          host: 127.0.0.1
          port: 1
          username: cdc_user
          passwordFile: cdc-password
          database: cdc_db
          publication: {name: p}
          slot: {name: s}
          metric: {port: \(port)}
        kafka:
          brokers: ["${NO_SUCH_BROKERS}"]
          scramUsername: pqcdc
          scramPasswordFile: kafka-password
        mapping:
          tables: {public.users: {topic: users}}
        """
    }

    private func command(_ arguments: [String], _ brokers: String? = "127.0.0.1:1") throws -> FinishedProcess {
        try DaemonProcess.run(
            arguments, configuration: file(port: try FreePort.next()),
            environment: brokers.map { ["NO_SUCH_BROKERS": $0] } ?? [:])
    }

    @Test func validateNotesASecretAndEndsWith0() throws {
        let finished = try command(["validate"])
        #expect(finished.status == .exited(0), "\(finished)")
        #expect(finished.errors.contains("note: cdc.passwordFile cannot be read"), "\(finished)")
        #expect(finished.errors.contains("note: kafka.scramPasswordFile cannot be read"), "\(finished)")
    }

    @Test func validateOnlineNeedsThemAndSaysHowToCallIt() throws {
        let finished = try command(["validate", "--online"])
        #expect(finished.status == .exited(78), "\(finished)")
        #expect(finished.errors.contains("error: cdc.passwordFile cannot be read"), "\(finished)")
        #expect(finished.errors.contains("systemd-run --pipe --wait"), "\(finished)")
    }

    @Test func statusNeedsThePortOnly() throws {
        let finished = try command(["status"], nil)
        #expect(finished.status == .exited(69), "\(finished)")
        #expect(finished.output.contains("were not asked: cdc.passwordFile cannot be read"), "\(finished)")
    }

    @Test func snapshotNeedsPostgreSQLsSecretAndNotKafkas() throws {
        let finished = try command(["snapshot", "--table", "public.users"], nil)
        #expect(finished.status == .exited(78), "\(finished)")
        #expect(finished.errors.contains("cdc.passwordFile") && !finished.errors.contains("kafka.scram"), "\(finished)")
    }

    @Test func setupAsAnotherRoleDoesNotNeedTheRolesPasswordAndDropNothingOfKafka() throws {
        let made = try command(["setup", "--username", "postgres"])
        #expect(made.status == .exited(78) && !made.errors.contains("cdc.passwordFile"), "\(made)")
        #expect(made.errors.contains("kafka.scramPasswordFile"), "\(made)")
        // It gets as far as PostgreSQL, which is not there.
        let dropped = try command(["setup", "--username", "postgres", "--drop", "--yes"], nil)
        #expect(dropped.status == .exited(69), "\(dropped)")
    }

    @Test func runNeedsAll() throws {
        let finished = try command(["run"])
        #expect(finished.status == .exited(78), "\(finished)")
        #expect(finished.errors.contains("error: cdc.passwordFile cannot be read"), "\(finished)")
    }

    @Test func statusShowsARunningDaemonWithoutItsPassword() throws {
        let scene = try Scene()
        let file = scene.configuration(metricPort: try FreePort.next())
        let daemon = try scene.run(file)
        let finished = try DaemonProcess.run(["status", "--json"], configuration: file)
        #expect(finished.status == .exited(0), "\(finished)")
        let status = try JSONSerialization.jsonObject(with: Data(finished.output.utf8)) as? [String: Any]
        // From its first moment on: it streams, so the slot is in use, whatever the server said before.
        #expect((status?["slot"] as? [String: Any])?["active"] as? Bool == true, "\(finished)")
        expectCleanStop(daemon)
    }
}
