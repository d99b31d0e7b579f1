internal import CLibpq

/// The libpq that this process has loaded.
public enum LibraryVersion {
    /// `15.18`, from `PQlibVersion`, which counts as the server does: 150018.
    public static var text: String {
        let number = Int(PQlibVersion())
        return "\(number / 10_000).\(number % 10_000)"
    }
}
