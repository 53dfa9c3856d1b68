import CCurl
import Glibc

/// One request in curl's hands. Belongs to the thread of the calls; lives until it is finished, so that what curl refers to stays.
final class Transfer {
    let handle: UnsafeMutableRawPointer
    private let request: HTTPRequest
    private let done: @Sendable (HTTPAnswer) -> Void
    private var sentBytes = 0
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var answerBytes = 0
    private var headerBytes = 0
    private var isPrivate = false

    /// Of an answer's body: the rest is not read, for nobody needs it.
    static let answerBytesMax = 65_536
    static let headerBytesMax = 65_536

    init(
        _ handle: UnsafeMutableRawPointer, _ request: HTTPRequest, _ done: @escaping @Sendable (HTTPAnswer) -> Void
    ) {
        self.handle = handle
        self.request = request
        self.done = done
        // Without the line curl would ask before it sends a large body, and wait a second for the answer.
        for line in request.headers + ["expect:"] { headers = curl_slist_append(headers, line) }
        configure()
    }

    deinit { curl_slist_free_all(headers) }

    private func configure() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        request.url.withCString { _ = beckon_curl_set_pointer(handle, CURLOPT_URL, $0) }
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_POST, 1)
        _ = beckon_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
        _ = beckon_curl_set_data_callback(handle, CURLOPT_READFUNCTION) { buffer, size, count, context in
            Transfer.of(context).send(into: buffer, size * count)
        }
        _ = beckon_curl_set_pointer(handle, CURLOPT_READDATA, context)
        // A kept connection that ends before an answer makes curl send the request again, on another, by itself: it may have
        // arrived. A body that cannot be read twice keeps it from doing so.
        _ = beckon_curl_set_seek_callback(handle) { _, _, _ in CURL_SEEKFUNC_FAIL }
        _ = beckon_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
        set(CURLOPT_TIMEOUT_MS, Int(request.timeoutMs))
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(request.connectTimeoutMs))
        set(CURLOPT_FOLLOWLOCATION, 0)
        "http,https".withCString { _ = beckon_curl_set_pointer(handle, CURLOPT_PROTOCOLS_STR, $0) }
        // A proxy of the environment would connect where the guard cannot look.
        "".withCString { _ = beckon_curl_set_pointer(handle, CURLOPT_PROXY, $0) }
        if request.needsFreshConnection {
            set(CURLOPT_FRESH_CONNECT, 1)
            set(CURLOPT_FORBID_REUSE, 1)
        }
        _ = beckon_curl_set_data_callback(handle, CURLOPT_WRITEFUNCTION) { _, size, count, context in
            Transfer.of(context).answered(size * count)
        }
        _ = beckon_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = beckon_curl_set_data_callback(handle, CURLOPT_HEADERFUNCTION) { _, size, count, context in
            Transfer.of(context).answeredHeader(size * count)
        }
        _ = beckon_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = beckon_curl_set_socket_callback(handle) { context, _, address in
            Transfer.of(context).openSocket(address)
        }
        _ = beckon_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = beckon_curl_set_long(handle, option, value) }

    private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
    }

    // MARK: What curl asks

    private func send(into buffer: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        let count = min(room, request.body.count - sentBytes)
        request.body.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(start: buffer, count: room).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[sentBytes..<sentBytes + count]))
        }
        sentBytes += count
        return count
    }

    /// Less than what came ends the transfer.
    private func answered(_ count: Int) -> Int {
        answerBytes += count
        return answerBytes > Self.answerBytesMax ? 0 : count
    }

    private func answeredHeader(_ count: Int) -> Int {
        headerBytes += count
        return headerBytes > Self.headerBytesMax ? 0 : count
    }

    private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address else { return curl_socket_t(CURL_SOCKET_BAD) }
        let isAllowed =
            request.allowsPrivateAddresses
            || withUnsafePointer(to: &address.pointee.addr) { AddressGuard.isPublic($0) }
        guard isAllowed else {
            isPrivate = true
            return curl_socket_t(CURL_SOCKET_BAD)
        }
        let closing = Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, address.pointee.socktype | closing, address.pointee.protocol)
    }

    // MARK: The end

    func finish(_ result: CURLcode) {
        var answer = HTTPAnswer()
        var requestBytes = 0
        _ = beckon_curl_get_long(handle, CURLINFO_REQUEST_SIZE, &requestBytes)
        _ = beckon_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &answer.status)
        answer.wasSent = requestBytes > 0
        if answer.status < 200 { answer.status = 0 }
        var retryAfter: curl_off_t = 0
        _ = beckon_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &retryAfter)
        if retryAfter > 0 { answer.retryAfterMs = Int64(min(retryAfter, 1_000_000)) * 1_000 }
        answer.failure = failure(result)
        done(answer)
    }

    private func failure(_ result: CURLcode) -> HTTPAnswer.Failure? {
        switch result {
        case CURLE_OK: nil
        // The answer's body is longer than what is read of it: its status has come.
        case CURLE_WRITE_ERROR: headerBytes > Self.headerBytesMax ? .answerTooLarge : nil
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_COULDNT_RESOLVE_HOST: .dns
        case CURLE_COULDNT_CONNECT: isPrivate ? .privateAddress : .connect
        case CURLE_PEER_FAILED_VERIFICATION: .certificate
        case CURLE_SSL_CONNECT_ERROR: .tls
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .url
        default: .connection
        }
    }
}
