import Glibc

/// Of a run's threads one runs at a time: on one processor the baton changes hands many times faster than between two.
enum Processor {
    /// The calling thread, and those that it starts, stay on one processor until the body is done.
    static func alone<Result>(_ body: () -> Result) -> Result {
        // Glibc's Swift module does not show what is GNU's own.
        typealias Affinity = @convention(c) (pid_t, Int, UnsafeMutableRawPointer) -> Int32
        typealias Number = @convention(c) () -> Int32
        guard let get = dlsym(nil, "sched_getaffinity"), let set = dlsym(nil, "sched_setaffinity"),
            let number = dlsym(nil, "sched_getcpu")
        else { return body() }
        let (getAffinity, setAffinity) = (unsafeBitCast(get, to: Affinity.self), unsafeBitCast(set, to: Affinity.self))
        var before = [UInt8](repeating: 0, count: 128)
        if getAffinity(0, before.count, &before) < 0 { return body() }
        var one = [UInt8](repeating: 0, count: 128)
        let here = Int(unsafeBitCast(number, to: Number.self)())
        one[here / 8] = 1 << UInt8(here % 8)
        _ = setAffinity(0, one.count, &one)
        defer { _ = setAffinity(0, before.count, &before) }
        return body()
    }
}
