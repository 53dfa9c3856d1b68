import Glibc

/// The process's environment.
public enum EnvironmentVariable {
    /// All variables of this process.
    public static func all() -> [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return variables
    }

    /// Whether a variable that starts with `BECKON_` is none of ours to judge.
    ///
    /// The file's name and what tests read are no settings, and Kubernetes adds variables for each service of the
    /// namespace: one called `beckon-collect` yields `BECKON_COLLECT_SERVICE_HOST` and `BECKON_COLLECT_PORT_80_TCP`.
    static func isForeign(_ variable: String) -> Bool {
        if variable == SettingsFile.variable || variable.hasPrefix("BECKON_TEST_") { return true }
        if variable.hasSuffix("_SERVICE_HOST") || variable.hasSuffix("_PORT") { return true }
        return variable.contains("_SERVICE_PORT") || variable.contains("_TCP") || variable.contains("_UDP")
    }
}
