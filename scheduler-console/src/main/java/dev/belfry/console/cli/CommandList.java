package dev.belfry.console.cli;

import dev.belfry.agent.client.CommandState;
import dev.belfry.core.command.Command;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Commands, one a row, newest first. */
final class CommandList {
    private CommandList() {}

    /** @param limit at most so many */
    static Listing of(Collection<CommandState> commands, Instant now, int limit) {
        Listing list = new Listing(new TextTable("SENT", "KIND", "TARGET", "BY", "STATE", "RESULT", "ID"));
        commands.stream()
                .sorted(Comparator.comparing(CommandState::sent).reversed())
                .limit(limit)
                .forEach(state -> row(list, state, now));
        return list;
    }

    private static void row(Listing list, CommandState state, Instant now) {
        Command command = state.command();
        String result = command.result().map(Command.Result::text).orElse("");
        list.table()
                .row(
                        Times.past(state.sent(), now),
                        Listing.word(command.kind()),
                        command.target(),
                        command.by(),
                        CommandVerbs.state(command),
                        result,
                        command.id());
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("id", command.id());
        one.put("sent", Times.iso(state.sent()));
        one.put("kind", Listing.word(command.kind()));
        one.put("target", command.target());
        one.put("parameters", command.parameters());
        one.put("by", command.by());
        one.put("reason", command.reason());
        one.put("state", CommandVerbs.state(command));
        one.put("result", result);
        list.tree().add(one);
    }
}
