import TestSupport
import Testing

/// Which LSN the server is told that it may forget.
@Suite struct ConfirmationTests {
    @Test("Failure mode 20: traffic on unpublished tables moves the confirmed LSN")
    func unpublishedTrafficMovesTheConfirmedLSN() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE other (id int)",
            publishing: "FOR TABLE users")
        let daemon = try scene.run()
        for _ in 0..<3 {
            try scene.sql.execute("INSERT INTO other SELECT generate_series(1, 1000)")
            try scene.waitUntilConfirmed(try scene.currentLSN())
        }
        #expect(try scene.consumer().recordsToEnd().isEmpty)
        expectCleanStop(daemon)
    }

    @Test("Failure mode 20: traffic in another database moves the confirmed LSN")
    func trafficInAnotherDatabaseMovesTheConfirmedLSN() throws {
        let scene = try Scene()
        let daemon = try scene.run()
        let other = try scene.server.session(database: try scene.server.createDatabase())
        try other.execute("CREATE TABLE other AS SELECT generate_series(1, 1000)")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
    }

    @Test("Failure mode 2: a keepalive never confirms past a row that Kafka does not have")
    func aKeepaliveNeverConfirmsPastAnUndeliveredRow() throws {
        let cluster = try MockKafka()
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE other (id int)",
            publishing: "FOR TABLE users", on: cluster)
        // Feedback, and with it the server's keepalives, several times a second.
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '1s'")
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        try cluster.takeDown()
        let before = try scene.currentLSN()
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        let row = try scene.currentLSN()
        for _ in 0..<5 {
            try scene.sql.execute("INSERT INTO other SELECT generate_series(1, 100)")
            try scene.waitUntilReceived(try scene.currentLSN())
            #expect(try !scene.hasConfirmed(row))
        }
        try daemon.kill9()
        #expect(try !scene.hasConfirmed(row) && scene.hasConfirmed("0/0") && before != row)
        try cluster.bringUp()
        let second = try scene.run()
        #expect(try scene.consumer().records(count: 2).map(\.keyText) == ["1", "2"])
        try scene.waitUntilConfirmed(row)
        expectCleanStop(second)
    }

    @Test("Failure mode 19: under steady load the confirmed LSN follows")
    func underSteadyLoadTheConfirmedLSNFollows() throws {
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules)
        let daemon = try scene.run()
        let writer = BackgroundWriter(to: scene, pause: 200)
        for _ in 0..<10 {
            let count = writer.count
            try eventually(within: .seconds(60), "more rows") { writer.count > count + 20 }
            try scene.waitUntilConfirmed(try scene.currentLSN(), within: .seconds(15))
        }
        let count = try writer.stop()
        expectCleanStop(daemon)
        NumberedRows.expectExactly(try scene.consumer().recordsToEnd(), count: count)
    }
}
