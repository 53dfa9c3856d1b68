import BeckonModel
import Foundation

/// Files of rules: one file, or every `*.yaml` and `*.yml` below a folder, in the order of their paths' bytes.
///
/// What begins with a dot is passed over (`.git`, and the folders behind a Kubernetes config map's links).
struct RuleFolder: Sendable {
    /// As the user named it.
    let path: String
    /// Named relative to the folder, so that a rule set has the same hash wherever it lies.
    let sources: [RuleSource]
    private let isFolder: Bool

    static let filesMax = 1_000
    static let bytesMax = 16 << 20
    /// Of folders inside folders.
    static let depthMax = 32
    /// Of all that lies in the folders, files of rules or not.
    static let entriesMax = 100_000

    /// - Throws: a sentence when there is nothing to read, or too much.
    static func load(_ path: String) throws(UserError) -> RuleFolder {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw UserError(
                errno == ENOENT
                    ? "There is no file or folder \(path): name a file of rules, or a folder of *.yaml files."
                    : "The rules at \(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        var reader = RuleFolderReader(root: path)
        if isFolder {
            try reader.readFolder()
            if reader.sources.isEmpty {
                throw UserError("The folder \(path) has no rules: they are files whose names end in .yaml or .yml.")
            }
        } else {
            try reader.read(path, as: URL(fileURLWithPath: path).lastPathComponent)
        }
        return RuleFolder(path: path, sources: reader.sources, isFolder: isFolder)
    }

    /// The rule set; a `UserError` with every diagnostic when it has any.
    static func ruleSet(_ path: String) throws(UserError) -> RuleSet {
        let folder = try load(path)
        let reading = RuleSet.read(folder.sources)
        guard let ruleSet = reading.ruleSet else {
            let lines = reading.diagnostics.map { folder.placed($0).description }
            throw UserError((["The rules cannot be used:"] + lines).joined(separator: "\n"))
        }
        return ruleSet
    }

    /// A source's name as it opens from where the user stands.
    func placed(_ file: String) -> String {
        isFolder ? path + (path.hasSuffix("/") ? "" : "/") + file : path
    }

    /// The same diagnostic with such a name.
    func placed(_ diagnostic: Diagnostic) -> Diagnostic {
        Diagnostic(
            file: placed(diagnostic.file), line: diagnostic.line, column: diagnostic.column,
            severity: diagnostic.severity, message: diagnostic.message, nearest: diagnostic.nearest)
    }
}

/// Collects the files, within the folder's bounds.
private struct RuleFolderReader {
    let root: String
    private(set) var sources: [RuleSource] = []
    private var byteCount = 0
    private var entryCount = 0

    init(root: String) { self.root = root }

    mutating func readFolder() throws(UserError) {
        for name in try names(in: "", depth: 0).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            try read(path(name), as: name)
        }
    }

    private func path(_ name: String) -> String { name.isEmpty ? root : root + "/" + name }

    /// Names of all files of rules below a folder, relative to the root.
    private mutating func names(in folder: String, depth: Int) throws(UserError) -> [String] {
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: path(folder))
        } catch {
            throw UserError("The folder \(path(folder)) cannot be read: \(reason(error)).")
        }
        entryCount += entries.count
        if entryCount > RuleFolder.entriesMax {
            throw UserError("\(root) holds more than \(RuleFolder.entriesMax) files: is it the folder of the rules?")
        }
        var names: [String] = []
        for entry in entries where !entry.hasPrefix(".") {
            let name = folder.isEmpty ? entry : folder + "/" + entry
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: path(name), isDirectory: &isFolder)
            if exists && isFolder.boolValue {
                if depth == RuleFolder.depthMax {
                    throw UserError(
                        "\(path(name)) lies more than \(RuleFolder.depthMax) folders deep: a link in a circle?")
                }
                names += try self.names(in: name, depth: depth + 1)
            } else if entry.hasSuffix(".yaml") || entry.hasSuffix(".yml") {
                names.append(name)
            }
        }
        return names
    }

    mutating func read(_ path: String, as name: String) throws(UserError) {
        if sources.count == RuleFolder.filesMax {
            throw UserError("\(root) holds more than \(RuleFolder.filesMax) files of rules.")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            let bytes = try file.read(upToCount: RuleFolder.bytesMax - byteCount + 1) ?? Data()
            byteCount += bytes.count
            sources.append(RuleSource(file: name, text: Array(bytes)))
        } catch {
            throw unreadable(path, reason(error))
        }
        if byteCount > RuleFolder.bytesMax {
            throw UserError("\(root) holds more than \(RuleFolder.bytesMax >> 20) MiB of rules.")
        }
    }

    private func unreadable(_ path: String, _ reason: String) -> UserError {
        UserError("The rules in \(path) cannot be read: \(reason).")
    }

    /// The system's words, which Foundation keeps one or two errors deep.
    private func reason(_ error: any Error) -> String {
        var error = error as NSError
        while let inner = error.userInfo[NSUnderlyingErrorKey] as? NSError { error = inner }
        return error.domain == NSPOSIXErrorDomain
            ? String(cString: strerror(Int32(error.code))) : error.localizedDescription
    }
}
