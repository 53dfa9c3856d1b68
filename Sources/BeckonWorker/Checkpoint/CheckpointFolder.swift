import BeckonModel

/// The checkpoints of one partition: `STATE/GROUP/INPUT-PARTITION.SEQ`, of which the last two are kept.
struct CheckpointFolder: Sendable {
    let path: String
    private let name: String
    private let disk: any Disk

    init(stateDirectory: String, group: String, inputs: [String], partition: Int32, on disk: any Disk = MachineDisk()) {
        self.disk = disk
        path = stateDirectory + "/" + Self.fileName(group)
        name = "\(Self.fileName(inputs.joined(separator: "+")))-\(partition)"
    }

    /// Topics and groups have harmless names; what a file name cannot hold becomes `_`.
    private static func fileName(_ text: String) -> String {
        String(text.prefix(160).map { $0.isLetter || $0.isNumber || "._-+".contains($0) ? $0 : "_" })
    }

    func create() throws(WorkerError) { try disk.makeFolder(path) }

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
        for file in entries() where file.hasSuffix(CheckpointFile.temporarySuffix) { disk.remove(path + "/" + file) }
    }

    /// Removes all but the two that were written last: those of another journal may have higher numbers.
    func prune() {
        let dated = files().map { (path: $0.path, seq: $0.seq, writtenAt: disk.writtenAtNs($0.path)) }
        let newestFirst = dated.sorted { ($0.writtenAt, $0.seq) > ($1.writtenAt, $1.seq) }
        for file in newestFirst.dropFirst(2) { disk.remove(file.path) }
    }

    /// The names of this partition's files.
    private func entries() -> [String] { disk.names(in: path).filter { $0.hasPrefix(name + ".") } }
}
