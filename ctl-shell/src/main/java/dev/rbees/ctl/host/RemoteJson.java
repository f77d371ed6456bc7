package dev.rbees.ctl.host;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

/** Reads what a rbees-pool of another machine prints as JSON. */
public final class RemoteJson {

    private RemoteJson() {}

    /** @throws RbeesException INTERNAL when it is nothing of that shape */
    public static <T> T read(PoolTarget target, String text, Class<T> type) {
        try {
            return Json.read(text, type);
        } catch (RbeesException e) {
            throw new RbeesException(ErrorCode.INTERNAL, "what rbees-pool on " + target.name()
                    + " prints is not understood; is it of the same version as this program?", e);
        }
    }
}
