import Glibc

/// Starts a program with exactly the descriptors, environment and folder given.
enum Spawn {
    /// Returns the process id; the caller waits for it.
    ///
    /// The process leads a group of its own, so that Ctrl-C at the terminal reaches the tests and not the
    /// servers that they are about to stop, and so that a signal can reach all its descendants.
    static func start(
        _ executable: String, _ arguments: [String], environment: [String: String], folder: String?,
        input: Int32, output: Int32, errors: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A thread of a Swift pool may have signals blocked or ignored, and both would be inherited.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)

        // posix_spawn's own action for the folder is hidden from Swift by Glibc's feature macros.
        let words = (folder.map { ["env", "-C", $0] } ?? []) + [executable] + arguments
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in argv + envp { free(word) } }
        var pid: pid_t = 0
        let result = descriptors.withLock { _ in
            posix_spawnp(&pid, words[0], &actions, &attributes, &argv, &envp)
        }
        guard result == 0 else {
            throw HarnessError("could not start \(executable): \(String(cString: strerror(result)))")
        }
        return pid
    }

    /// A pipe that no child inherits unless it is given an end of it.
    static func makePipe() throws -> (reading: Int32, writing: Int32) {
        try descriptors.withLock { _ in
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else {
                throw HarnessError("could not create a pipe: \(String(cString: strerror(errno)))")
            }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return (ends[0], ends[1])
        }
    }

    /// Held while a pipe is made and while a process is started: `pipe2` is hidden from Swift, and a process
    /// started between the two steps of making one would keep it open.
    private static let descriptors = Monitor(())
}
