/// Where checkpoints lie: files in folders, as POSIX has them.
package protocol Disk: Sendable {
    /// Makes the folder and those above it. It must be ours alone, since it holds what people did.
    func makeFolder(_ path: String) throws(WorkerError)
    /// The names in a folder; none where there is no such folder.
    func names(in folder: String) -> [String]
    /// A new, empty file, also where there was one.
    func create(_ path: String) throws(DiskFailure) -> any DiskFile
    /// In place of what has that name. Outlives a crash only after ``syncFolder(of:)``.
    func rename(_ path: String, to newPath: String) throws(DiskFailure)
    func syncFolder(of path: String)
    func remove(_ path: String)
    /// Nanoseconds since 1970; 0 where there is no such file.
    func writtenAtNs(_ path: String) -> Int
    /// A page of that file, which outlives the process; nil of a disk that has none.
    func crashMark(_ path: String) throws(DiskFailure) -> CrashMark?
    /// Lends the whole content. Throws `checkpoint` where there is none.
    func withContent(of path: String, _ body: (UnsafeRawBufferPointer) throws(WorkerError) -> Void) throws(WorkerError)
}

/// A file that is being written.
package protocol DiskFile: AnyObject {
    /// All of them, behind those before.
    func write(_ bytes: UnsafeRawBufferPointer) throws(DiskFailure)
    /// What was written outlives a crash.
    func sync() throws(DiskFailure)
    func close()
}

/// What the system said.
package struct DiskFailure: Error {
    package let reason: String
    package init(_ reason: String) { self.reason = reason }
}
