import Glibc

/// The settings file on disk.
public enum SettingsFile {
    /// Names the file when no argument does.
    public static let variable = "BECKON_CONFIG"

    /// The bytes of the file at `path`.
    /// - Throws: why it cannot be read, as a problem of `origin`.
    public static func bytes(path: String, origin: String) throws(SettingsProblems) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw problem(path, origin, errno) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: SettingsFileParser.sizeMax + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + count, $0.count - count) }
            if got == 0 { break }
            if got > 0 { count += got } else if errno != EINTR { throw problem(path, origin, errno) }
        }
        return Array(bytes[..<count])
    }

    private static func problem(_ path: String, _ origin: String, _ code: Int32) -> SettingsProblems {
        let words = String(cString: strerror(code))
        return SettingsProblems([
            SettingsProblem(origin: origin, message: "The settings file `\(path)` cannot be read: \(words).")
        ])
    }
}
