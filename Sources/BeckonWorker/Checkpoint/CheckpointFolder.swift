import BeckonModel
import Glibc

/// The checkpoints of one partition: `STATE/GROUP/INPUT-PARTITION.SEQ`, of which the last two are kept.
struct CheckpointFolder: Sendable {
    let path: String
    private let name: String

    init(stateDirectory: String, group: String, inputs: [String], partition: Int32) {
        path = stateDirectory + "/" + Self.fileName(group)
        name = "\(Self.fileName(inputs.joined(separator: "+")))-\(partition)"
    }

    /// Topics and groups have harmless names; what a file name cannot hold becomes `_`.
    private static func fileName(_ text: String) -> String {
        String(text.prefix(160).map { $0.isLetter || $0.isNumber || "._-+".contains($0) ? $0 : "_" })
    }

    /// Makes the folder; it must be ours alone, since it holds what people did.
    func create() throws(WorkerError) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && part.isEmpty ? "/" : (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
            if made == "/" || made.isEmpty { continue }
            if mkdir(made, 0o700) != 0, errno != EEXIST {
                throw WorkerError(
                    .checkpoint,
                    "creating the folder \(made): \(String(cString: strerror(errno))); set --state-dir to a folder that can be written"
                )
            }
        }
        if access(path, W_OK) != 0 {
            throw WorkerError(.checkpoint, "the folder \(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    func file(seq: Int64) -> String { "\(path)/\(name).\(seq)" }

    /// Beside them: which record was being applied when the process crashed.
    var crashFile: String { "\(path)/\(name).crash" }

    /// The checkpoints there are, the newest first.
    func files() -> [(path: String, seq: Int64)] {
        var found: [(path: String, seq: Int64)] = []
        for file in entries() {
            if let seq = Int64(file.dropFirst(name.count + 1)) { found.append((path + "/" + file, seq)) }
        }
        return found.sorted { $0.seq > $1.seq }
    }

    /// Removes what a crash left half-written. Only for a partition whose checkpoint nobody is writing.
    func removeHalfWritten() {
        for file in entries() where file.hasSuffix(CheckpointFile.temporarySuffix) { unlink(path + "/" + file) }
    }

    /// Removes all but the two that were written last: those of another journal may have higher numbers.
    func prune() {
        let dated = files().map { (path: $0.path, seq: $0.seq, writtenAt: Self.writtenAt($0.path)) }
        let newestFirst = dated.sorted { ($0.writtenAt, $0.seq) > ($1.writtenAt, $1.seq) }
        for file in newestFirst.dropFirst(2) { unlink(file.path) }
    }

    /// Nanoseconds since 1970.
    private static func writtenAt(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec : 0
    }

    /// The names of this partition's files.
    private func entries() -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var found: [String] = []
        while let entry = readdir(folder) {
            let file = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if file.hasPrefix(name + ".") { found.append(file) }
        }
        return found
    }
}
