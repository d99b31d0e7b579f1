internal import CLibyaml

/// The libyaml that this process has loaded.
public enum LibraryVersion {
    /// `0.2.5`, as libyaml prints it.
    public static var text: String { String(cString: yaml_get_version_string()) }
}
