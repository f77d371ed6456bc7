package dev.rbees.ctl;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.rbees.api.json.Json;

import static dev.rbees.ctl.client.FakeServer.end;
import static dev.rbees.ctl.client.FakeServer.events;
import static dev.rbees.ctl.client.FakeServer.json;
import static dev.rbees.ctl.client.FakeServer.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code rbees jobs …} with several ids, and with the beginnings of ids. */
class JobsByPrefixTest extends CtlProcess {

    private static final String ONE = "0c5e8c1e-aaaa";
    private static final String TWO = "0c5e7777-bbbb";

    @BeforeEach
    void twoTasks() {
        server.on("GET /v2/tasks?limit=1000", json(200, "[" + task(ONE) + "," + task(TWO) + "]"));
        for (String id : new String[] {ONE, TWO}) {
            server.on("GET /v2/tasks/" + id, json(200, task(id)));
            server.on("POST /v2/tasks/" + id + "/cancel", json(202, task(id).replace("FAILED", "CANCELLED")));
        }
    }

    private static String task(String id) {
        return TASK.replace("t1", id);
    }

    @Test
    void theBeginningOfAnIdIsEnough() throws Exception {
        assertThat(run("jobs", "show", "0c5e8", "--output", "name").out()).isEqualTo(ONE + "\n");
        assertThat(run("jobs", "cancel", "0c5e7").err()).isEqualTo("cancelled " + TWO + "\n");
        server.on("GET /v2/tasks/" + ONE + "/events", events(STARTED, token(3, 0, "Paris"), end(4, 1)));
        assertThat(run("jobs", "follow", "0c5e8c").out()).isEqualTo("Paris\n");
    }

    @Test
    void aBeginningOfSeveralIsRefusedAndNothingIsCancelled() throws Exception {
        Ran ran = run("jobs", "cancel", "0c5e");

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).startsWith("error: '0c5e' is the beginning of 2 ids: " + TWO + ", " + ONE + "; give more");
        assertThat(server.requests()).noneMatch(request -> request.line().contains(ONE + "/cancel")
                || request.line().contains(TWO + "/cancel"));
    }

    @Test
    void aWholeIdIsAskedForDirectly() throws Exception {
        run("jobs", "show", ONE);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void whatNoIdBeginsWithIsNotFound() throws Exception {
        Ran ran = run("jobs", "show", "ffff");
        assertThat(ran.status()).isEqualTo(3);
        assertThat(ran.err()).isEqualTo("error: no task of that id\n");
    }

    @Test
    void severalAreShownTogether() throws Exception {
        Ran ran = run("jobs", "show", "0c5e7", ONE, "-o", "json");

        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(Json.readTree(ran.out().getBytes(UTF_8)).size()).isEqualTo(2);
        assertThat(run("jobs", "show", TWO, ONE, "-o", "name").out()).isEqualTo(TWO + "\n" + ONE + "\n");
    }

    @Test
    void whatFailsForOneIsToldAndTheOthersAreDone() throws Exception {
        Ran ran = run("jobs", "cancel", "ffff", ONE, "0c5e", TWO);

        assertThat(ran.status()).as("2 is graver than 3").isEqualTo(2);
        assertThat(ran.err()).contains("error: ffff: no task of that id\n").contains("cancelled " + ONE + "\n")
                .contains("error: 0c5e: '0c5e' is the beginning of 2 ids").contains("cancelled " + TWO + "\n");
    }
}
