package dev.rbees.orchestrator.web;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What can be asked of the orchestrator over HTTP, for programs: an OpenAPI document, which a test holds against the code. */
@RestController
final class OpenApiController {

    static final String FILE = "openapi.json";

    @GetMapping(path = "/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
    Resource document() {
        return new ClassPathResource(FILE, OpenApiController.class);
    }
}
