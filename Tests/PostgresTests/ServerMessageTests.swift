import ReplicationProtocol
import Testing

@testable import Postgres

/// What is told of the server's words: everything of objects, nothing of values.
@Suite struct ServerMessageTests {
    private func message(_ state: String?, _ primary: String = "of CANARY", context: String? = nil) -> ServerMessage {
        ServerMessage(sqlState: state, primary: primary, detail: "Key (k)=(CANARY)", hint: "CANARY", context: context)
    }

    @Test(arguments: [
        "22P02", "22012", "22007", "22021", "22023", "22P05", "23505", "23514", "21000", "0A000", "P0001", "P0002",
        "38000",
        "39004", "44000", "XX000", "HV000", "ZZ123", "AB000", "F0000", "00000", "01000", "02000",
    ])
    func whatMayQuoteARowIsTold(byItsCodeAlone state: String) {
        let text = message(state).text(.rows)
        #expect(!text.contains("CANARY"))
        #expect(text.contains(state))
    }

    @Test func theCodeIsSaidInWords() {
        #expect(message("22012").text(.rows) == "division by zero (22012); the server's log has its own words")
        #expect(message("22ABC").text(.rows).hasPrefix("data exception (22ABC)"))
    }

    @Test func theObjectsThatTheServerNamesAreTold() {
        var error = message("23505")
        error.objects = ["table \"public.orders\"", "constraint \"orders_pkey\""]
        #expect(
            error.text(.rows).hasPrefix(
                #"unique violation at table "public.orders", constraint "orders_pkey" (23505); "#))
    }

    @Test(arguments: [
        "42501", "42P01", "42703", "25006", "55006", "57014", "53300", "58P01", "08006", "40001", "XX001",
    ])
    func whatIsOfObjectsIsToldInItsOwnWords(_ state: String) {
        #expect(message(state, "permission denied").text(.rows).hasPrefix("permission denied"))
    }

    @Test func detailsAreToldOfSessionsAndOfTheCatalogOnly() {
        #expect(message("55006").text(.rows).contains("CANARY"))
        #expect(!message("42501", "denied").text(.rows).contains("CANARY"))
        #expect(message("42501", "denied").text(.catalog).contains("CANARY"))
        #expect(!message("23505", "duplicate").text(.catalog).contains("CANARY"))
    }

    @Test(
        "A function can say anything with any code, so nothing of it is told",
        arguments: ["42501", "57014", "53300", "08006", "55000"], [ServerMessage.Scope.rows, .catalog])
    func aFunctionCanSayAnything(_ state: String, _ scope: ServerMessage.Scope) {
        var error = message(state)
        error.function = "exec_stmt_raise"
        error.objects = ["table \"CANARY\""]
        #expect(!error.text(scope).contains("CANARY"))
        let called = message(state, context: "PL/pgSQL function public.f(integer) line 3 at assignment")
        #expect(!called.text(scope).contains("CANARY"))
        let disguised = message(
            state,
            context: #"SQL function "slot "a", output plugin "pgoutput", in the change callback" statement 1"#)
        #expect(!disguised.text(scope).contains("CANARY"))
    }

    @Test func whatPointsAtTheStatementsOwnTextIsTold() {
        var error = message("22P02", #"invalid input syntax for type integer: "x""#)
        error.hasPosition = true
        #expect(error.text(.rows) == #"invalid input syntax for type integer: "x""#)
    }

    @Test(arguments: ["", "1234", "123456", "22p02", "\u{1B}[31m", "22-02"])
    func aCodeThatIsNoneIsNotRepeated(_ state: String) {
        #expect(message(state).text(.rows) == "an error with a malformed code; the server's log has its own words")
        #expect(message(nil).text(.catalog).hasPrefix("an error without a code"))
    }

    @Test func controlCharactersAreLeftOut() {
        #expect(message("42501", "a\u{1B}[2J\r\nb\u{7F}c\u{0}").text(.rows) == "a [2J b c")
    }

    // MARK: Decoding

    @Test(arguments: [
        #"slot "orders", output plugin "pgoutput", in the change callback, associated LSN 0/16B3748"#,
        #"Slot »orders«, Ausgabe-Plugin »pgoutput«, im Callback change, zugehörige LSN 0/16B3748"#,
        #"slot « orders », plugin de sortie « pgoutput », dans la fonction d'appel change, associée au LSN 0/16B3748"#,
        #"スロット"orders", 出力プラグイン"pgoutput", changeコールバックの処理中, 関連LSN 0/16B3748"#,
        #"слот "orders", модуль вывода "pgoutput", в обработчике change, связанный LSN: 0/16B3748"#,
    ])
    func theContextOfDecodingIsReadInEveryLanguage(_ context: String) {
        let found = DecodingContext(context)
        #expect(found == DecodingContext(slot: "orders", callback: "change", lsn: LSN(rawValue: 0x16B3748)))
    }

    @Test func aCallbackWithoutAnLSNIsReadToo() {
        let found = DecodingContext(#"slot "s_1", output plugin "pgoutput", in the startup callback"#)
        #expect(found == DecodingContext(slot: "s_1", callback: "startup", lsn: nil))
    }

    @Test(arguments: [
        "", "COPY orders, line 1, column x: \"pgoutput\"", "PL/pgSQL function f() line 1 at RAISE",
        #"slot "A b", output plugin "pgoutput", in the change callback"#,
        #"slot "a", output plugin "test_decoding", in the change callback"#,
        #"slot "a", output plugin "pgoutput", in the CANARY callback"#, "\"\"\"\"", "\"a\"b\"pgoutput\"",
    ])
    func otherContextsAreNotOfDecoding(_ context: String) { #expect(DecodingContext(context) == nil) }

    @Test func anErrorOfDecodingNamesItsPlace() {
        let error = message(
            "22012",
            context: #"slot "orders", output plugin "pgoutput", in the change callback, associated LSN 0/16B3748"#)
        #expect(
            error.text(.rows)
                == "division by zero (22012); the server's log has its own words, while it decoded a change "
                + "at 0/16B3748 of slot \"orders\"")
        #expect(error.decoding?.lsn == LSN(rawValue: 0x16B3748))
    }
}
