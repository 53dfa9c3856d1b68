import CCurl

/// libcurl, which wants to be told once in a process, before the first handle, that it is used.
enum Curl {
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    static func prepare() { precondition(isReady, "libcurl cannot be initialised") }
}
