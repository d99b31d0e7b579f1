import Glibc

/// Where Apache Kafka's own programs are.
public enum KafkaDistribution {
    public static var home: String { Environment.value("KAFKA_HOME") ?? "/opt/kafka" }

    /// Why no broker can be started from it; nil if one can.
    static var reasonMissing: String? {
        guard access("\(home)/bin/kafka-server-start.sh", X_OK) == 0 else {
            return "no Kafka distribution in \(home) (set KAFKA_HOME)"
        }
        let java = try? ChildProcess.run("java", ["-version"], within: .seconds(20))
        return java?.status.isSuccess == true ? nil : "there is no working java"
    }

    /// The environment that keeps a broker small, quick to start, and out of the distribution's own folder.
    public static func environment(folder: String) -> [String: String] {
        Environment.inherited().merging([
            "KAFKA_HEAP_OPTS": "-Xms128m -Xmx256m",
            "KAFKA_JVM_PERFORMANCE_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "KAFKA_GC_LOG_OPTS": " ",
            "LOG_DIR": "\(folder)/logs",
        ]) { _, ours in ours }
    }
}
