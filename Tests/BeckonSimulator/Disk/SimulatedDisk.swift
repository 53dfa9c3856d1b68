import BeckonWorker

/// The disk as a process sees it.
struct SimulatedDisk: Disk {
    private let process: SimulatedProcess

    init(_ process: SimulatedProcess) { self.process = process }

    func makeFolder(_ path: String) throws(WorkerError) {
        if process.isDead { throw WorkerError(.checkpoint, "killed") }
    }

    func names(in folder: String) -> [String] {
        process.machine.files.entries.keys.filter { $0.hasPrefix(folder + "/") }.sorted().map {
            String($0.dropFirst(folder.count + 1))
        }
    }

    func create(_ path: String) throws(DiskFailure) -> any DiskFile {
        try work()
        let file = SimulatedFiles.File()
        process.machine.files.change { $0[path] = file }
        return OpenFile(process, file)
    }

    func crashMark(_ path: String) throws(DiskFailure) -> CrashMark? { nil }

    func rename(_ path: String, to newPath: String) throws(DiskFailure) {
        try work()
        guard process.machine.files.entries[path] != nil else { throw DiskFailure("No such file or directory") }
        process.machine.files.change { $0[newPath] = $0.removeValue(forKey: path) }
    }

    func syncFolder(of path: String) {
        if (try? work()) != nil { process.machine.files.sync() }
    }

    func remove(_ path: String) {
        if (try? work()) != nil { process.machine.files.change { $0[path] = nil } }
    }

    func writtenAtNs(_ path: String) -> Int { process.machine.files.entries[path]?.writtenAtNs ?? 0 }

    func withContent(of path: String, _ body: (UnsafeRawBufferPointer) throws(WorkerError) -> Void) throws(WorkerError)
    {
        guard !process.isDead, let file = process.machine.files.entries[path] else {
            throw WorkerError(.checkpoint, "No such file or directory")
        }
        if file.bytes.isEmpty { throw WorkerError(.checkpoint, "it is empty") }
        let result: Result<Void, WorkerError> = file.bytes.withUnsafeBytes { bytes in
            Result { () throws(WorkerError) in try body(bytes) }
        }
        try result.get()
    }

    private func work() throws(DiskFailure) {
        process.pass(us: process.scheduler.random.microseconds(upTo: 300))
        if process.isDead { throw DiskFailure("killed") }
    }

    private final class OpenFile: DiskFile {
        private let process: SimulatedProcess
        private let file: SimulatedFiles.File

        init(_ process: SimulatedProcess, _ file: SimulatedFiles.File) {
            self.process = process
            self.file = file
        }

        func write(_ bytes: UnsafeRawBufferPointer) throws(DiskFailure) {
            process.pass(us: process.scheduler.random.microseconds(upTo: 300))
            if process.isDead { throw DiskFailure("killed") }
            if process.machine.files.isFull {
                file.bytes += bytes.prefix(process.scheduler.random.number(below: bytes.count + 1))
                throw DiskFailure("No space left on device")
            }
            file.bytes += bytes
            file.writtenAtNs = Int(process.scheduler.nowUs) * 1_000
        }

        func sync() throws(DiskFailure) {
            process.pass(us: process.scheduler.random.microseconds(upTo: 20_000))
            if process.isDead { throw DiskFailure("killed") }
            file.syncedCount = file.bytes.count
        }

        func close() {}
    }
}
