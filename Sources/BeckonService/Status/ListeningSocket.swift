import Glibc

/// A bound, listening TCP socket.
struct ListeningSocket {
    let descriptor: Int32
    /// With the port that the system chose, if it was asked to.
    let address: NetworkAddress

    /// - Throws: `addressInUse`, `addressUnknown` or `system`, as a sentence that says what to do.
    init(_ wanted: NetworkAddress) throws(ServiceError) {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(wanted.host, String(wanted.port), &hints, &found)
        guard code == 0, let first = found else {
            let words = String(cString: gai_strerror(code))
            throw ServiceError(.addressUnknown, "Cannot listen on \(wanted): \(words).")
        }
        defer { freeaddrinfo(found) }
        descriptor = try Self.listen(first.pointee, wanted)
        address = NetworkAddress(host: wanted.host, port: Self.port(of: descriptor) ?? wanted.port)
    }

    private static func listen(_ info: addrinfo, _ wanted: NetworkAddress) throws(ServiceError) -> Int32 {
        let kind = info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(info.ai_family, kind, info.ai_protocol)
        guard descriptor >= 0 else { throw failure(wanted, errno) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, Glibc.listen(descriptor, 64) == 0 else {
            let code = errno
            close(descriptor)
            throw failure(wanted, code)
        }
        return descriptor
    }

    private static func failure(_ wanted: NetworkAddress, _ code: Int32) -> ServiceError {
        switch code {
        case EADDRINUSE:
            ServiceError(
                .addressInUse,
                "Port \(wanted.port) on \(wanted.host) is in use by another process; choose another with `--http`.")
        case EADDRNOTAVAIL:
            ServiceError(.addressUnknown, "Cannot listen on \(wanted): this machine does not have this address.")
        case EACCES:
            ServiceError(.system, "Cannot listen on \(wanted): ports below 1024 need rights; choose a higher one.")
        default: ServiceError(.system, "Cannot listen on \(wanted): \(String(cString: strerror(code))).")
        }
    }

    private static func port(of descriptor: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &length) == 0 else { return nil }
                // The port has the same place in the addresses of both families.
                return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt16(bigEndian: $0.pointee.sin_port)
                }
            }
        }
    }
}
