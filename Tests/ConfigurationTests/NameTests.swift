import RowMapping
import Testing

@testable import Configuration

@Suite struct NameTests {
    @Test(arguments: [
        ("public.users", "public", "users"), ("users", "public", "users"), ("Sales.Orders", "Sales", "Orders"),
        (#""my.schema"."T""#, "my.schema", "T"), (#"public."a ""b"" c""#, "public", #"a "b" c"#),
        (#""users""#, "public", "users"), ("order lines", "public", "order lines"), ("größe.ä", "größe", "ä"),
    ])
    func aTableIsNamedAsTheCatalogSpellsIt(_ text: String, _ schema: String, _ name: String) throws {
        #expect(try TableNameText.parse(text) == TableName(schema: schema, name: name))
    }

    @Test(arguments: [
        "", ".", "a.", ".a", "a.b.c", #""a"#, #"a"b"#, #""a"b"#, #""""#, #""a".""#, "a..b",
        String(repeating: "x", count: 64),
    ])
    func anythingElseIsNoTableName(_ text: String) {
        #expect(throws: ValueError.self) { try TableNameText.parse(text) }
    }

    @Test(
        arguments: [
            ("public.users", .exact(TableName(schema: "public", name: "users"))),
            (#""a*"."~b""#, .exact(TableName(schema: "a*", name: "~b"))),
            ("tenant_*.orders", .pattern(TablePattern(schema: "tenant_*", name: "orders"))),
            ("*_log", .pattern(TablePattern(schema: "public", name: "*_log"))),
            (#""my.schema".?"#, .pattern(TablePattern(schema: "my.schema", name: "?"))),
            ("*", .pattern(TablePattern(schema: "public", name: "*"))),
        ] as [(String, TableKey)])
    func aWildcardOutsideQuotesMakesAPattern(_ text: String, _ key: TableKey) throws {
        #expect(try TableKey.parse(text) == key)
    }

    @Test func aTildeBeginsAnExpression() throws {
        let expression = try TablePattern(expression: #"shop_[0-9]+\.(a|b)"#)
        #expect(try TableKey.parse(#"~shop_[0-9]+\.(a|b)"#) == .pattern(expression))
    }

    @Test(arguments: [
        "~", "~(", "~a\0b", "~" + String(repeating: "(", count: 100_000), #""a?".b*"#, "a.b.*", "*.", #"*"a""#,
        "*" + String(repeating: "x", count: 64),
    ])
    func anythingElseIsNoPattern(_ text: String) {
        #expect(throws: ValueError.self) { try TableKey.parse(text) }
    }

    /// The C library would need seconds and gigabytes for each.
    @Test(arguments: [
        "a{1,30000}", "a{30000}", "a{20000,}", "(a{1,200}){1,200}", "((a{1,50}){1,50}){1,50}", "a{1,200}{1,200}",
        String(repeating: "(", count: 30) + "a" + String(repeating: "+)", count: 30), "[](]{9999}{9}",
        "[[:alpha:](]{9999}{9}", "\\(a{9999}{9}", "a" + String(repeating: "+", count: 40),
    ])
    func anExpressionThatRepeatsTooMuchIsRefused(_ text: String) throws {
        let error = try #require(throws: ValueError.self) { try TableKey.parse("~" + text) }
        #expect(error.reason == "repeats too much")
    }

    @Test(arguments: [
        "[a-z]{1,63}\\.[a-z]{1,63}", "(a+)+(b+)+", "((shop|store)_[0-9]{1,4}){1,3}\\.(orders|items)",
        "[]a]+[[:digit:]]*",
        "(((a*)*)*)*", "a?",
    ])
    func anOrdinaryExpressionIsAPattern(_ text: String) throws {
        #expect(try TableKey.parse("~" + text).description == "~" + text)
    }

    @Test(arguments: ["a*", "?.b", "~a"]) func aPatternIsNoNameOfATable(_ text: String) {
        #expect(throws: ValueError.self) { try TableNameText.parse(text) }
    }

    @Test(arguments: ["Slot", "my-slot", "", "a.b", "ä", String(repeating: "x", count: 64), "a b"])
    func aSlotNameThatTheServerWouldRefuseIsRefused(_ name: String) {
        #expect(IdentifierText.slotProblem(name) != nil)
    }

    @Test(arguments: [
        "localhost:9092", "localhost", "[::1]:9092", "10.0.0.1:1", "SASL_SSL://kafka-1:65535", "[::1]", "a_b:9092",
    ])
    func aBrokerAddressIsAccepted(_ address: String) {
        #expect(BrokerAddressText.problem(address) == nil)
    }

    @Test(arguments: ["", ":9092", "a:0", "a:65536", "a:x", "::1:9092", "[::1", "[::1]x", "a b:1", "u:p@h:1", "a:"])
    func aBrokerAddressThatLeadsNowhereIsRefused(_ address: String) {
        #expect(BrokerAddressText.problem(address) != nil)
    }
}
