internal import CLibpq
internal import Glibc

/// What our session needs to be set to, so that texts mean the same everywhere, and the server reports whenever it changes.
///
/// A server or a pooler may leave out what was asked for when the session began, or give the session another state in the
/// middle. Values would then be printed, or read, in another form.
/// <https://www.postgresql.org/docs/current/libpq-status.html#LIBPQ-PQPARAMETERSTATUS>
struct SessionSetting {
    let name: String
    let value: String
    /// Whether only the beginning matters: `ISO, DMY` prints as `ISO, MDY` does.
    var isBeginning = false

    static let all = [
        SessionSetting(name: "client_encoding", value: "UTF8"),
        SessionSetting(name: "DateStyle", value: "ISO", isBeginning: true),
        SessionSetting(name: "IntervalStyle", value: "postgres"),
        SessionSetting(name: "TimeZone", value: "UTC"),
        SessionSetting(name: "standard_conforming_strings", value: "on"),
        SessionSetting(name: "integer_datetimes", value: "on"),
    ]

    /// Whether a report fits; a setting that was never reported says nothing.
    func fits(_ reported: UnsafePointer<CChar>?) -> Bool {
        guard let reported else { return true }
        return isBeginning ? strncmp(reported, value, value.utf8.count) == 0 : strcmp(reported, value) == 0
    }
}

extension Connection {
    /// The first setting that is not what it is to be.
    private var changedSetting: SessionSetting? {
        SessionSetting.all.first { !$0.fits(PQparameterStatus(handle, $0.name)) }
    }

    /// Whether the session is set as we need it.
    var hasExpectedSettings: Bool { changedSetting == nil }

    /// Refuses to go on in a session that is not set as it was asked to be.
    ///
    /// Called after each answer, and for a stream with each read; never for a row.
    func expectSettings(_ action: String) throws(PostgresError) {
        guard let setting = changedSetting else { return }
        let value = PQparameterStatus(handle, setting.name).map { String(cString: $0).oneLine } ?? ""
        throw PostgresError(
            .connectionLost, action: action,
            reason:
                "the session's \(setting.name) is \"\(value)\" by now, and must be \(setting.value): the server, or a "
                + "pooler in front of it, has changed it")
    }

    /// Sets again what the session was to begin with, since poolers leave that out. Only some of it is reported.
    func completeSettings() throws(PostgresError) {
        _ = try query(parameters.firstStatement, .catalog, to: "set up the session")
    }

    /// Sets anew what every session begins with: whatever has run in this one since, the next values are printed as the
    /// first ones were. Within a transaction too, where a rollback takes it back.
    func restoreSettings() throws(PostgresError) {
        _ = try query(parameters.firstStatement, .catalog, to: "restore the session's settings")
    }
}
