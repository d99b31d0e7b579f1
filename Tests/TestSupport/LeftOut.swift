import Glibc

/// What a run could not test for want of something: said aloud, and gathered by `make test` at its end.
public enum LeftOut {
    public static func say(_ what: String) {
        // Through write(2): the test library captures nothing of it and no buffer delays it.
        let line = "LEFT OUT: \(what)\n"
        write(STDOUT_FILENO, line, line.utf8.count)
    }
}
