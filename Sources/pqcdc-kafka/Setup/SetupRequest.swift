import Configuration

/// What the operator, or the daemon at its start, wants of a setup.
struct SetupRequest {
    /// Only what does not exist is made, and what exists is left as it is; `createIfNotExists` asks for this.
    var createsOnly = false
    var createsPublication = true
    var createsSlot = true
    var createsRole = false
    /// The role's password as a quoted literal of its SCRAM verifier; nil for a plan that is only shown, and for a
    /// role without a password.
    var passwordLiteral: Secret?
    /// Move an existing slot past the WAL that was written before the publication.
    var advancesSlot = false
}
