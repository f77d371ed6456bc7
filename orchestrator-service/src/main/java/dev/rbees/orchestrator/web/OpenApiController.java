package dev.rbees.orchestrator.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What can be asked of the orchestrator over HTTP, for programs: an OpenAPI document, which a test holds against the code. */
@RestController
final class OpenApiController {

    static final String FILE = "openapi.json";

    private final byte[] document;

    /** why: read once, because an event loop must not wait for a file. */
    OpenApiController() {
        try (InputStream file = OpenApiController.class.getResourceAsStream(FILE)) {
            document = Objects.requireNonNull(file, FILE).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @GetMapping(path = "/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
    byte[] document() {
        return document;
    }
}
