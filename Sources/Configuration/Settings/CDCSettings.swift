/// The `cdc` section: the PostgreSQL side.
public struct CDCSettings: Sendable {
    public var host: String
    public var port: Int
    public var username: String
    /// From `password` or `passwordFile`; nil leaves it to libpq (`.pgpass`, `PGPASSWORD`, certificates).
    public var password: Secret?
    public var database: String
    /// A name of the pipeline that is part of the key of its position in Kafka; nil without one.
    public var pipeline: String?
    public var debugMode: Bool
    /// `sslMode`, `sslRootCert`, `sslCert`, `sslKey`: handed to libpq as they are; nil leaves libpq's default.
    public var sslMode: String?
    public var sslRootCert: String?
    public var sslCert: String?
    public var sslKey: String?
    /// Its name, and the slot's, are empty where only a snapshot is taken and the file names none.
    public var publication: PublicationSettings
    public var slot: SlotSettings
    public var snapshot: SnapshotSettings
    /// `heartbeat.interval`: how often a heartbeat is written to the WAL; nil writes none.
    public var heartbeatInterval: Duration?
    /// The port of `/metrics`, `/healthz`, `/readyz` and `/status` on all interfaces; 0 switches the endpoint off.
    public var metricPort: Int
    public var logger: LoggerSettings
}
