import Glibc

/// By the name in the environment: libFuzzer's arguments are its own.
private let target: FuzzTarget = {
    let name = getenv("BECKON_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        fatalError(
            "BECKON_FUZZ_TARGET is `\(name)`; it is one of "
                + FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return target
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> Int32 {
    target.run(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    return 0
}
