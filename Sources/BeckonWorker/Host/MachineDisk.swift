import Glibc

/// The file system of this machine.
package struct MachineDisk: Disk {
    package init() {}

    package func makeFolder(_ path: String) throws(WorkerError) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && part.isEmpty ? "/" : (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
            if made == "/" || made.isEmpty { continue }
            if mkdir(made, 0o700) != 0, errno != EEXIST {
                throw WorkerError(
                    .checkpoint,
                    "creating the folder \(made): \(Self.reason); set --state-dir to a folder that can be written")
            }
        }
        if access(path, W_OK) != 0 {
            throw WorkerError(.checkpoint, "the folder \(path) cannot be written: \(Self.reason)")
        }
    }

    package func names(in folder: String) -> [String] {
        guard let opened = opendir(folder) else { return [] }
        defer { closedir(opened) }
        var found: [String] = []
        while let entry = readdir(opened) {
            found.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return found
    }

    package func create(_ path: String) throws(DiskFailure) -> any DiskFile {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw Self.failure }
        return MachineFile(descriptor)
    }

    package func rename(_ path: String, to newPath: String) throws(DiskFailure) {
        if Glibc.rename(path, newPath) != 0 { throw Self.failure }
    }

    package func syncFolder(of path: String) {
        let folder = open(String(path[..<path.lastIndex(of: "/")!]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder < 0 { return }
        fsync(folder)
        close(folder)
    }

    package func remove(_ path: String) { unlink(path) }

    package func writtenAtNs(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec : 0
    }

    package func crashMark(_ path: String) throws(DiskFailure) -> CrashMark? { try CrashMark(path: path) }

    package func withContent(of path: String, _ body: (UnsafeRawBufferPointer) throws(WorkerError) -> Void)
        throws(WorkerError)
    {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw WorkerError(.checkpoint, Self.reason) }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        let count = Int(status.st_size)
        guard count > 0, let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
            throw WorkerError(.checkpoint, "it is empty")
        }
        defer { munmap(base, count) }
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    private static var reason: String { String(cString: strerror(errno)) }
    fileprivate static var failure: DiskFailure { DiskFailure(reason) }
}

private final class MachineFile: DiskFile {
    private var descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    func write(_ bytes: UnsafeRawBufferPointer) throws(DiskFailure) {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { throw MachineDisk.failure }
            written += count
        }
    }

    func sync() throws(DiskFailure) {
        if fsync(descriptor) != 0 { throw MachineDisk.failure }
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
