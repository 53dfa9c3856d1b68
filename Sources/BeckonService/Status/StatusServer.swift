import CMicroHTTPD
import Glibc
import Synchronization

/// Serves `/metrics`, `/healthz` and `/readyz` from one thread of its own.
///
/// Connections, their memory and their time are bounded, so that a slow or curious client costs the service nothing.
public final class StatusServer: Sendable {
    /// Open connections at a time; more are refused.
    public static let connectionsMax = 64
    /// Bytes a connection may use for its request; longer headers are answered with 431 or 414.
    public static let connectionBytesMax = 16_384
    /// Seconds of silence after which a connection is closed.
    public static let silenceSecondsMax = 10

    /// Where it listens, with the port that the system chose if it was asked to.
    public let address: NetworkAddress
    private let responder: StatusResponder
    /// The address of libmicrohttpd's daemon; nil once stopped.
    private let daemon: Mutex<UInt?>

    /// Starts to serve.
    /// - Parameters:
    ///   - health: false only when nothing but a restart helps. Called from the server's thread, like `readiness`.
    ///   - readiness: whether the service can do its work; a restore in progress is not ready.
    /// - Throws: `addressInUse`, `addressUnknown` or `system`.
    public init(
        _ address: NetworkAddress, metrics: Metrics, health: @escaping @Sendable () -> Readiness = { .ready },
        readiness: @escaping @Sendable () -> Readiness
    ) throws(ServiceError) {
        let socket = try ListeningSocket(address)
        let responder = StatusResponder { method, path in
            StatusAnswer.to(method: method, path: path, metrics: metrics, health: health, readiness: readiness)
        }
        guard let started = Self.start(socket.descriptor, responder) else {
            close(socket.descriptor)
            throw ServiceError(.system, "The status server on \(socket.address) cannot start its thread.")
        }
        self.address = socket.address
        self.responder = responder
        daemon = Mutex(UInt(bitPattern: started))
    }

    deinit {
        stop()
    }

    /// Closes the port and all connections, and waits for the thread. A second call does nothing.
    public func stop() {
        let started = daemon.withLock { daemon in
            defer { daemon = nil }
            return daemon
        }
        // Stopping joins the thread, whose handler never takes this lock; it closes the listening socket too.
        if let started { MHD_stop_daemon(OpaquePointer(bitPattern: started)) }
    }

    private static func start(_ descriptor: Int32, _ responder: StatusResponder) -> OpaquePointer? {
        func option(_ option: MHD_OPTION, _ value: Int) -> MHD_OptionItem {
            MHD_OptionItem(option: option, value: value, ptr_value: nil)
        }
        var options = [
            option(.LISTEN_SOCKET, Int(descriptor)),
            option(.CONNECTION_LIMIT, connectionsMax),
            option(.CONNECTION_MEMORY_LIMIT, connectionBytesMax),
            option(.CONNECTION_TIMEOUT, silenceSecondsMax),
            option(.END, 0),
        ]
        let flags = MHD_USE_AUTO.rawValue | MHD_USE_INTERNAL_POLLING_THREAD.rawValue
        // The server owns the responder and outlives the daemon.
        let context = Unmanaged.passUnretained(responder).toOpaque()
        return options.withUnsafeMutableBufferPointer { options in
            withVaList([Int32(MHD_OPTION.ARRAY.rawValue), options.baseAddress!, Int32(MHD_OPTION.END.rawValue)]) {
                MHD_start_daemon_va(flags, 0, nil, nil, answerConnection, context, $0)
            }
        }
    }
}
