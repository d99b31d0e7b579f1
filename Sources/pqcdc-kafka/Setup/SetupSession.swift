import ArgumentParser
import Configuration
import Pipeline
import Postgres

/// One run of `setup`, once it knows what the database has: plan, show, run, and say what comes next.
struct SetupSession {
    let settings: Settings
    let path: String
    let connection: Connection
    let state: DatabaseState
    /// What is to be made in Kafka.
    var stateTopic: StateTopicStep?

    func make(createRole: Bool, advanceSlot: Bool, dryRun: Bool) throws {
        var request = SetupRequest()
        request.createsRole = createRole
        request.advancesSlot = advanceSlot
        if createRole, !dryRun, state.role == nil { request.passwordLiteral = try passwordLiteral() }
        let plan = try SetupPlan(settings, state, request, quoting: connection.quoting)
        // Both sides have been asked now; what follows changes them.
        try take(stateTopic, plan.steps, dryRun: dryRun)
        for note in plan.notes { StandardStream.error.line("note: \(note)") }
        StandardStream.output.line(ending(isChange: stateTopic != nil || !plan.steps.isEmpty, dryRun: dryRun))
        if state.role == nil, !createRole {
            StandardStream.error.line(
                "note: role \"\(settings.cdc.username)\" does not exist: run setup with --create-role")
        }
    }

    func drop(confirmed: Bool, dryRun: Bool) throws {
        let steps = try DropPlan.make(settings, state, quoting: connection.quoting)
        guard confirmed || dryRun || steps.isEmpty else {
            StandardStream.error.line("this would be run, and the changes that the slot holds would be lost:")
            for step in steps { StandardStream.error.line("    \(step.statement)") }
            StandardStream.error.line("error: --drop needs --yes; nothing was changed")
            throw ExitStatus.usage.exitCode
        }
        try take(steps, dryRun: dryRun)
        if steps.isEmpty {
            StandardStream.output.line("nothing to drop: neither slot nor publication exists")
        } else {
            StandardStream.output.line(
                dryRun ? "nothing was changed (--dry-run)" : "dropped; roles and replica identities were left")
        }
        if let topic = settings.kafka.stateTopic {
            StandardStream.error.line(
                "note: topic \"\(topic)\" is left, since it may hold the positions of other pipelines; to a slot that "
                    + "is made again, what the dropped one had not sent is a gap (cdc.slot.onGap)")
        }
    }

    private func take(_ topic: StateTopicStep?, _ steps: [SetupStep], dryRun: Bool) throws {
        guard let topic else { return try take(steps, dryRun: dryRun) }
        StandardStream.output.line(topic.description)
        if !dryRun { try topic.take() }
        do {
            try take(steps, dryRun: dryRun)
        } catch {
            StandardStream.error.line("note: \(topic.remains)")
            throw error
        }
    }

    private func take(_ steps: [SetupStep], dryRun: Bool) throws(SetupFailure) {
        guard dryRun else {
            try SetupRunner(
                on: connection, report: { StandardStream.output.line($0) },
                onWait: { StandardStream.error.line("note: \($0)") }
            ).run(steps)
            return
        }
        guard !steps.isEmpty else { return }
        for sql in SetupRunner.session { StandardStream.output.line("\(sql);") }
        for step in steps { StandardStream.output.line("\(step.statement)") }
    }

    /// Hashed here, and quoted as the literal that ends CREATE ROLE.
    private func passwordLiteral() throws(PostgresError) -> Secret? {
        guard let password = settings.cdc.password else { return nil }
        let verifier = try connection.encryptPassword(password.reveal(), of: settings.cdc.username)
        return Secret(try connection.quoteLiteral(verifier))
    }

    private func ending(isChange: Bool, dryRun: Bool) -> String {
        let next = "next: pqcdc-kafka validate --config \(path) --online, then: pqcdc-kafka run --config \(path)"
        if dryRun {
            return isChange ? "nothing was changed (--dry-run)" : Self.nothingToChange
        }
        return (isChange ? "done" : Self.nothingToChange) + "\n" + next
    }

    private static let nothingToChange = "nothing to change: all is as the configuration asks"
}
