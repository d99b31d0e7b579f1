import Configuration
import Postgres

/// Transactions that have been open for long: a new slot and a snapshot wait until they end, and so does a clean-up of
/// dead rows.
enum OpenTransactionFindings {
    static func evaluate(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> [Finding] {
        // A new slot waits for them all, and so does the snapshot of a pipeline that has none yet.
        let makesSlot = state.slot == nil
        return state.openTransactions.map { transaction in
            let message =
                "\(transaction) is open; "
                + (makesSlot ? "the slot cannot be made" : "no slot can be made and no snapshot begun")
                + " before it ends"
            return makesSlot || settings.cdc.snapshot.mode == .initial
                ? .warning(message, mend: transaction.remedy(quoting))
                : .note(message, mend: transaction.remedy(quoting))
        }
    }
}
