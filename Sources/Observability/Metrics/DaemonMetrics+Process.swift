extension DaemonMetrics {
    /// The standard metrics of a process, under the names that every Prometheus dashboard expects.
    static func addProcess(to registry: MetricRegistry) {
        let startTime = ProcessStatistics.startTime
        registry.gauge("process_start_time_seconds", help: "Start of the process, in seconds since 1970.") {
            startTime.map(MetricValue.real)
        }
        registry.gauge("process_resident_memory_bytes", help: "Resident memory in bytes.") {
            ProcessStatistics.residentMemory.map(MetricValue.integer)
        }
        registry.counter("process_cpu_seconds_total", help: "User and system CPU time in seconds.") {
            .real(ProcessStatistics.cpuSeconds)
        }
        registry.gauge("process_open_fds", help: "Open file descriptors.") {
            ProcessStatistics.openFileDescriptors.map(MetricValue.integer)
        }
        registry.gauge("process_max_fds", help: "Limit of open file descriptors.") {
            ProcessStatistics.maxFileDescriptors.map(MetricValue.integer)
        }
    }
}
