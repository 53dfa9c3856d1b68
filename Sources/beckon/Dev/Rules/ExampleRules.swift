import Glibc

/// Where the example rules are: `deploy/examples` of the source tree, a folder for each use case, one rule set.
enum ExampleRules {
    static let folder = "deploy/examples"

    /// In the current folder, or above the program's own place (a build folder inside the source tree).
    /// - Throws: where they were looked for.
    static func find() throws(UserError) -> String {
        if isFolder(folder) { return folder }
        var place = programFolder()
        while let current = place {
            let candidate = current + "/" + folder
            if isFolder(candidate) { return candidate }
            place = parent(current)
        }
        throw UserError(
            "The example rules (\(folder)) are neither in this folder nor above the program. "
                + "Give a folder of rules: `beckon dev --rules DIR`.")
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func programFolder() -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return nil }
        return parent(String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    private static func parent(_ path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
        return String(path[..<slash])
    }
}
