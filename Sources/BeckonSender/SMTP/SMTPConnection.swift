import CCurl
import Foundation

/// One connection to a relay in curl's hands, kept from message to message. Belongs to one thread.
final class SMTPConnection {
    private let relay: SMTPRelay
    private let owner: SMTPConnections
    private let handle: UnsafeMutableRawPointer?
    private var sockets: Set<Int32> = []

    // Of the call.
    private var message: [UInt8] = []
    private var sentCount = 0
    private var answer = SMTPAnswer()
    private var startedMs: Int64 = 0
    /// The last command.
    private var askedMs: Int64 = 0
    private var isLate = false
    /// It has said goodbye: what comes is no answer to the call.
    private var hasQuit = false

    init(_ relay: SMTPRelay, of owner: SMTPConnections) {
        self.relay = relay
        self.owner = owner
        handle = curl_easy_init()
        if let handle { configure(handle) }
    }

    /// - Precondition: called once, last.
    func close() {
        if let handle { curl_easy_cleanup(handle) }
    }

    private func configure(_ handle: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        func set(_ option: CURLoption, _ value: Int) { _ = beckon_curl_set_long(handle, option, value) }
        func set(_ option: CURLoption, _ text: String) {
            text.withCString { _ = beckon_curl_set_pointer(handle, option, $0) }
        }
        set(
            CURLOPT_URL,
            "\(relay.security == .tls ? "smtps" : "smtp")://\(relay.host):\(relay.port)/\(relay.helloName ?? "")")
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        set(CURLOPT_NOSIGNAL, 1)
        // Or a call that is over would wait for a name that is being asked for, as long as its servers are silent.
        set(CURLOPT_QUICK_EXIT, 1)
        // A proxy of the environment is for the web.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_USE_SSL, Int(relay.security == .none ? CURLUSESSL_NONE.rawValue : CURLUSESSL_ALL.rawValue))
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = relay.certificatesFile {
            set(CURLOPT_CAINFO, file)
            // Those alone: the system's folder would be asked too.
            _ = beckon_curl_set_pointer(handle, CURLOPT_CAPATH, nil)
        }
        if let login = relay.login {
            set(CURLOPT_USERNAME, login.user)
            set(CURLOPT_PASSWORD, String(decoding: login.password.bytes, as: UTF8.self))
            set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
        }
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(min(relay.timeouts.connectMs, relay.timeouts.callMs)))
        set(CURLOPT_TIMEOUT_MS, Int(relay.timeouts.callMs))
        set(CURLOPT_UPLOAD, 1)
        _ = beckon_curl_set_data_callback(handle, CURLOPT_READFUNCTION) { buffer, size, count, context in
            SMTPConnection.of(context).send(into: buffer, size * count)
        }
        _ = beckon_curl_set_pointer(handle, CURLOPT_READDATA, context)
        _ = beckon_curl_set_data_callback(handle, CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
        _ = beckon_curl_set_socket_callback(handle) { context, _, address in
            SMTPConnection.of(context).openSocket(address)
        }
        _ = beckon_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
        _ = beckon_curl_set_close_callback(handle) { context, socket in
            SMTPConnection.of(context).closeSocket(socket)
        }
        _ = beckon_curl_set_pointer(handle, CURLOPT_CLOSESOCKETDATA, context)
        // Commands and answers are seen here alone. What is said at the login passes by and is kept nowhere.
        set(CURLOPT_VERBOSE, 1)
        _ = beckon_curl_set_debug_callback(handle) { _, kind, text, count, context in
            SMTPConnection.of(context).heard(kind, UnsafeRawBufferPointer(start: text, count: count))
        }
        _ = beckon_curl_set_pointer(handle, CURLOPT_DEBUGDATA, context)
        set(CURLOPT_NOPROGRESS, 0)
        _ = beckon_curl_set_progress_callback(handle) { context, _, _, _, _ in SMTPConnection.of(context).goesOn() }
        _ = beckon_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> SMTPConnection {
        Unmanaged<SMTPConnection>.fromOpaque(context!).takeUnretainedValue()
    }

    // MARK: A call

    /// Stands still until it is over.
    func send(_ call: SMTPCall) -> SMTPAnswer {
        startedMs = ProcessClock.nowMs
        guard startedMs <= call.beginsBeforeMs, let handle else { return SMTPAnswer(failure: .notStarted) }
        message = call.message
        sentCount = 0
        answer = SMTPAnswer()
        askedMs = startedMs
        isLate = false
        hasQuit = false
        call.sender.withCString { _ = beckon_curl_set_pointer(handle, CURLOPT_MAIL_FROM, $0) }
        var recipients: UnsafeMutablePointer<curl_slist>?
        for recipient in call.recipients { recipients = curl_slist_append(recipients, recipient) }
        _ = beckon_curl_set_pointer(handle, CURLOPT_MAIL_RCPT, recipients)
        _ = beckon_curl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(message.count))
        let result = curl_easy_perform(handle)
        _ = beckon_curl_set_pointer(handle, CURLOPT_MAIL_RCPT, nil)
        curl_slist_free_all(recipients)
        message = []
        answer.isTaken = result == CURLE_OK
        // A refusal in words is what became of it, whatever curl makes of it.
        if !answer.isTaken, answer.reply.map({ $0.code < 400 }) ?? true { answer.failure = failure(result) }
        return answer
    }

    private func failure(_ result: CURLcode) -> SMTPAnswer.Failure {
        if isLate { return .timeout }
        return switch result {
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_COULDNT_RESOLVE_HOST: .dns
        case CURLE_COULDNT_CONNECT: .connect
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: .certificate
        case CURLE_SSL_CONNECT_ERROR: .tls
        case CURLE_USE_SSL_FAILED: .startTLS
        case CURLE_LOGIN_DENIED: .login
        default: .connection
        }
    }

    // MARK: What curl asks and tells

    private func send(into buffer: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        let count = min(room, message.count - sentCount)
        message.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(start: buffer, count: room).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[sentCount..<sentCount + count]))
        }
        sentCount += count
        // Once curl has all of it the end follows by itself. Said too early rather than too late: from then on nothing is proved.
        advance(to: sentCount == message.count ? .end : .message)
        return count
    }

    private func heard(_ kind: curl_infotype, _ text: UnsafeRawBufferPointer) -> Int32 {
        switch kind {
        case CURLINFO_HEADER_OUT: said(text)
        case CURLINFO_HEADER_IN where !hasQuit:
            if answer.phase == .connect { answer.phase = .greeting }
            let line = text.last == 0x0A ? text.dropLast(text.dropLast().last == 0x0D ? 2 : 1) : text[...]
            if let reply = SMTPReply(line: Array(line)) { answer.reply = reply }
        default: break
        }
        return 0
    }

    /// A command goes out. What belongs to a login begins with none of these words: it is base64.
    private func said(_ text: UnsafeRawBufferPointer) {
        func begins(_ word: StaticString) -> Bool {
            text.starts(with: UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        }
        // HELO follows where EHLO was refused, and may find the connection at its end: what EHLO was told stands until it is answered.
        if begins("EHLO ") { advance(to: .hello) }
        if begins("STARTTLS\r") { advance(to: .startTLS) }
        if begins("AUTH ") { advance(to: .login) }
        if begins("MAIL FROM:") { advance(to: .sender) }
        if begins("RCPT TO:") { advance(to: .recipient) }
        if answer.phase == .recipient, begins("DATA\r") { advance(to: .data) }
        if begins("QUIT\r") { hasQuit = true }
        askedMs = ProcessClock.nowMs
    }

    private func advance(to phase: SMTPAnswer.Phase) {
        // The answer to what was asked before says nothing of this.
        answer.reply = nil
        answer.phase = phase
    }

    /// Asked at least once a second. Else than 0: no.
    private func goesOn() -> Int32 {
        let now = ProcessClock.nowMs
        let isOver = now - startedMs > relay.timeouts.callMs
        if isOver || answer.phase < .message && now - askedMs > relay.timeouts.replyMs {
            isLate = true
            // Or curl would say goodbye, and wait for the answer.
            for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
            return 1
        }
        return owner.isStopping ? 1 : 0
    }

    private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address else { return curl_socket_t(CURL_SOCKET_BAD) }
        let socket = owner.open(address.pointee.family, address.pointee.socktype, address.pointee.protocol)
        if socket < 0 { return curl_socket_t(CURL_SOCKET_BAD) }
        sockets.insert(socket)
        return socket
    }

    private func closeSocket(_ socket: curl_socket_t) -> Int32 {
        sockets.remove(socket)
        owner.close(socket)
        return 0
    }
}
