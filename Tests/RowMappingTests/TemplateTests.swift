import Testing

@testable import RowMapping

@Suite struct TemplateTests {
    static let templates: [(text: String, parts: [Template.Part])] = [
        ("", []),
        ("orders", [.text("orders")]),
        ("cdc.{schema}.{table}", [.text("cdc."), .field(.schema), .text("."), .field(.table)]),
        (
            "{operation}{lsn}{commitLsn}{xid}{commitTime}{txOrdinal}",
            [
                .field(.operation), .field(.lsn), .field(.commitLsn), .field(.xid), .field(.commitTime),
                .field(.txOrdinal),
            ]
        ),
        ("orders.{column:region|lower}", [.text("orders."), .column("region", .lower)]),
        ("{column:Region|upper}é{column:größe}", [.column("Region", .upper), .text("é"), .column("größe", nil)]),
        ("{{}}", [.text("{}")]),
        ("{{schema}}", [.text("{schema}")]),
        ("{{{schema}}}", [.text("{"), .field(.schema), .text("}")]),
        ("a}}b{{c", [.text("a}b{c")]),
        ("{column:order id}", [.column("order id", nil)]),
        ("{column: id }", [.column(" id ", nil)]),
        ("{column:a:b}", [.column("a:b", nil)]),
        ("{column:column}", [.column("column", nil)]),
        (#"{column:"odd }name"}"#, [.column("odd }name", nil)]),
        (#"{column:"a|b"|lower}"#, [.column("a|b", .lower)]),
        (#"{column:"{""q""}"}"#, [.column(#"{"q"}"#, nil)]),
        (#"{column:""""}"#, [.column("\"", nil)]),
        (#"{column:"plain"}"#, [.column("plain", nil)]),
        ("\"|:\n", [.text("\"|:\n")]),
    ]

    @Test(arguments: templates)
    func aTemplateIsReadIntoItsParts(text: String, parts: [Template.Part]) throws {
        let template = try Template.parse(text)
        #expect(template.parts == parts)
        #expect(template.description == text)
    }

    /// Offsets count Unicode scalars.
    static let errors: [(text: String, offset: Int, description: String)] = [
        ("{tabel}", 1, "there is no field \"tabel\"; did you mean {table}?"),
        ("é😀{Schema}", 3, "there is no field \"Schema\"; did you mean {schema}?"),
        ("{ operation }", 1, "there is no field \" operation \"; did you mean {operation}?"),
        ("{colunm:id}", 1, "there is no field \"colunm\"; did you mean {column:NAME}?"),
        (
            "{region}", 1,
            "there is no field \"region\"; there are operation, schema, table, lsn, commitLsn, xid, commitTime, "
                + "txOrdinal, source, and {column:NAME} for a column's value"
        ),
        ("x{}", 1, "a placeholder is empty; write {{}} for the braces themselves"),
        ("a{schema", 1, "the brace that opens here is not closed; write {{ for a brace itself"),
        ("{", 0, "the brace that opens here is not closed; write {{ for a brace itself"),
        ("{sche{ma}", 0, "the brace that opens here is not closed; write {{ for a brace itself"),
        ("{column:id", 0, "the brace that opens here is not closed; write {{ for a brace itself"),
        ("{column:\"id\"", 0, "the brace that opens here is not closed; write {{ for a brace itself"),
        ("{column:id|lower", 0, "the brace that opens here is not closed; write {{ for a brace itself"),
        ("ü}", 1, "there is no { for this }; write }} for a brace itself"),
        ("{{schema}", 8, "there is no { for this }; write }} for a brace itself"),
        ("{schema}}", 8, "there is no { for this }; write }} for a brace itself"),
        ("{column}", 0, "{column} names no column; write {column:NAME}"),
        ("{column|lower}", 0, "{column} names no column; write {column:NAME}"),
        ("{column:}", 8, "a column's name is empty; write {column:NAME}"),
        ("{column:|lower}", 8, "a column's name is empty; write {column:NAME}"),
        ("{column:\"\"}", 8, "a column's name is empty; write {column:NAME}"),
        (
            "{column:a{b}", 9,
            "a brace or quote stands inside a column's name; put the name in double quotes, and double "
                + "a quote in it"
        ),
        (
            "{column:a\"b}", 9,
            "a brace or quote stands inside a column's name; put the name in double quotes, and double "
                + "a quote in it"
        ),
        ("{column:\"a\"b}", 11, "a column's name in quotes ends at its quote; expected } or |"),
        ("{column:\"a}", 8, "the name that begins here has no end; close it with \""),
        ("{column:id|lowre}", 11, "there is no letter case \"lowre\"; did you mean \"lower\"?"),
        ("{column:id|title}", 11, "there is no letter case \"title\"; write lower or upper"),
        ("{column:id|}", 11, "there is no letter case \"\"; write lower or upper"),
        ("{column:id|lower|upper}", 11, "there is no letter case \"lower|upper\"; write lower or upper"),
        ("{schema|lower}", 7, "{schema} stands for itself and takes nothing behind its name; write {schema}"),
        ("{schema:x}", 7, "{schema} stands for itself and takes nothing behind its name; write {schema}"),
    ]

    @Test(arguments: errors)
    func anErrorSaysWhereAndWhatToWrite(text: String, offset: Int, description: String) throws {
        let error = try #require(throws: TemplateError.self) { try Template.parse(text) }
        #expect(error.description == description)
        #expect(error.offset == offset)
    }

    @Test func aTextUpToTheLimitIsRead() throws {
        #expect(try Template.parse(String(repeating: "x", count: Template.maxLength)).parts.count == 1)
        let error = try #require(throws: TemplateError.self) {
            try Template.parse(String(repeating: "é", count: Template.maxLength / 2) + "x")
        }
        #expect(error.description == "the template has 4097 bytes where 4096 are allowed")
    }
}
