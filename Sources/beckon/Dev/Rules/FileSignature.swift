import Glibc

/// By what a changed file is told from an unchanged one.
struct FileSignature: Equatable {
    let path: String
    let size: Int
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int
    let inode: UInt

    static let filesMax = 10_000

    /// Of a file, or of all files below a folder, in the order of their paths. What is not there has none.
    static func all(below path: String) -> [FileSignature] {
        var found: [FileSignature] = []
        collect(path, depth: 0, into: &found)
        return found.sorted { $0.path < $1.path }
    }

    private static func collect(_ path: String, depth: Int, into found: inout [FileSignature]) {
        var status = stat()
        guard found.count < filesMax, depth < 16, stat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT != S_IFDIR {
            found.append(
                FileSignature(
                    path: path, size: Int(status.st_size), modifiedSeconds: status.st_mtim.tv_sec,
                    modifiedNanoseconds: status.st_mtim.tv_nsec, inode: UInt(status.st_ino)))
            return
        }
        guard let folder = opendir(path) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // Editors' own files come and go while one types.
            if name.hasPrefix(".") || name.hasSuffix("~") { continue }
            collect(path + "/" + name, depth: depth + 1, into: &found)
        }
    }
}
