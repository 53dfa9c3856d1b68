/// Writes lines with the metadata keys of one target.
///
/// The message is constant; what varies is metadata, evaluated only when the level is on. Nothing personal above
/// `debug`, and nothing per record: that is a metric.
///
///     log.info("Partition restored", [.partition: 3, .people: 120_000])
public struct Log<Key: LogKey>: Sendable {
    public typealias Metadata = KeyValuePairs<Key, any LogValue>

    public let output: LogOutput

    public init(_ output: LogOutput) {
        self.output = output
    }

    /// Writes one line if `level` is on.
    @inlinable
    public func log(_ level: LogLevel, _ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        guard output.isOn(level) else { return }
        output.write(level, message, metadata().map { ($0.key.rawValue, $0.value.logScalar) })
    }

    @inlinable
    public func trace(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.trace, message, metadata())
    }

    @inlinable
    public func debug(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.debug, message, metadata())
    }

    @inlinable
    public func info(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.info, message, metadata())
    }

    @inlinable
    public func notice(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.notice, message, metadata())
    }

    @inlinable
    public func warning(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.warning, message, metadata())
    }

    @inlinable
    public func error(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.error, message, metadata())
    }

    @inlinable
    public func critical(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.critical, message, metadata())
    }
}
