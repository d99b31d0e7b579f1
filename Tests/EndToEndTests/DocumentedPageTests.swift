import TestSupport
import Testing

/// The documentation's SQL is executed, and its production tutorial followed.
@Suite struct DocumentedPageTests {
    /// A server of its own, since pages change its settings and make roles.
    private func server(_ database: String) throws -> (PostgresServer, SQLSession) {
        let server = try PostgresServer()
        try server.start()
        try server.session().execute("CREATE DATABASE \(database)")
        return (server, try server.session(database: database))
    }

    @Test(
        "Every SQL block of a page runs",
        arguments: [
            ("README.md", "cdc_db", ""), ("docs/operations.md", "cdc_db", ""),
            ("docs/metrics.md", "cdc_db", ""),
            ("docs/runbook.md", "shop", "CREATE TABLE orders (id bigint PRIMARY KEY, status text)"),
        ])
    func sqlBlocks(page: String, database: String, preparation: String) throws {
        let statements = try DocumentedPage(page).statements
        #expect(!statements.isEmpty)
        let (server, sql) = try server(database)
        defer { withExtendedLifetime(server) {} }
        if !preparation.isEmpty { try sql.execute(preparation) }
        for statement in statements {
            do { _ = try sql.query(statement) } catch { Issue.record(error, "\(statement)") }
        }
    }

    @Test func theProductionTutorialLeadsToAPipeline() throws {
        let page = try DocumentedPage("docs/tutorial.md")
        let (server, sql) = try server("shop")
        for statement in page.statements { try sql.execute(statement) }
        try server.stop()
        try server.start()
        let cluster = try MockKafka(topics: [("shop.orders", 1), ("shop.customers", 1), ("shop.stock", 1)])

        let folder = try Workspace.shared.makeFolder("credentials")
        defer { Workspace.shared.removeFolder(folder) }
        try TextFile.write("cdc_pass\n", to: "\(folder)/cdc-password")
        let file = try #require(page.blocks("yaml").first)
            .replacing("host: db-1", with: "host: 127.0.0.1").replacing("port: 5432", with: "port: \(server.port)")
            .replacing("sslMode: require", with: "sslMode: disable").replacing("port: 8080", with: "port: 0")
            .replacing(
                #"["kafka-1:9092", "kafka-2:9092", "kafka-3:9092"]"#, with: "[\"\(cluster.bootstrapServers)\"]")
        let environment = ["CREDENTIALS_DIRECTORY": folder]
        func command(_ arguments: [String], _ more: [String: String] = [:]) throws -> FinishedProcess {
            let finished = try DaemonProcess.run(
                arguments, configuration: file, environment: environment.merging(more) { $1 })
            #expect(finished.status == .exited(0), "\(arguments): \(finished)")
            return finished
        }
        _ = try command(["validate", "--explain"])
        let privileged = ["PGPASSWORD": PostgresServer.superuserPassword]
        let made = try command(["setup", "--username", PostgresServer.superuser], privileged).output
        for words in ["CREATE PUBLICATION", "REPLICA IDENTITY FULL", "REPLICA IDENTITY USING INDEX", "shop_slot"] {
            #expect(made.contains(words), "\(made)")
        }
        _ = try command(["validate", "--online"])

        let again = try server.session(database: "shop")
        let first = try DaemonProcess(configuration: file, environment: environment)
        try first.waitUntilReady(within: .seconds(60))
        let second = try DaemonProcess(configuration: file, environment: environment)
        try second.waitForLog(containing: "passive: ", within: .seconds(60))
        try again.execute("INSERT INTO orders (customer, status) VALUES (7, 'paid')")
        try again.execute("INSERT INTO customers (email, notes) VALUES ('ada@example.org', repeat('n', 5))")
        try again.execute("INSERT INTO stock VALUES (1, 2, 3)")
        try again.execute("UPDATE stock SET amount = 4")
        let consumer = try RecordConsumer(
            cluster.bootstrapServers, topics: ["shop.orders", "shop.customers", "shop.stock"])
        #expect(
            Set(try consumer.records(count: 4, within: .seconds(60)).map(\.text)) == [
                #"1 → {"id":1,"customer":7,"status":"paid"}"#,
                #"1 → {"id":1,"email":"ada@example.org","notes":"nnnnn"}"#,
                #"{"shop":1,"product":2} → {"shop":1,"product":2,"amount":3}"#,
                #"{"shop":1,"product":2} → {"shop":1,"product":2,"amount":4}"#,
            ])
        expectCleanStop(first, within: .seconds(60))
        try second.waitForLog(containing: "msg=streaming", within: .seconds(60))
        try again.execute("DELETE FROM customers")
        let deletion = try consumer.records(count: 1, within: .seconds(60))
        #expect(deletion.map(\.keyText) == ["1"] && deletion[0].valueText == nil)
        expectCleanStop(second, within: .seconds(60))
    }
}
