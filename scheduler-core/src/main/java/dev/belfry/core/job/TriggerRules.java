package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import dev.belfry.core.schedule.CronTrigger;
import dev.belfry.core.schedule.DelayTrigger;
import dev.belfry.core.schedule.ManualTrigger;
import dev.belfry.core.schedule.Schedule;
import dev.belfry.core.schedule.Trigger;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What must hold between the keys of a trigger, and between triggers. */
final class TriggerRules {

    private TriggerRules() {}

    static void check(Values values) {
        List<Key<Trigger, ?>> kinds =
                TriggerForm.KINDS.stream().filter(values::has).toList();
        String all = String.join(", ", TriggerForm.KINDS.stream().map(Key::name).toList());
        if (kinds.isEmpty()) {
            values.report(Complaint.of("says nothing about when to fire").expecting("one of " + all));
        }
        for (Key<Trigger, ?> surplus : kinds.stream().skip(1).toList()) {
            values.report(
                    Complaint.of("a trigger has either " + kinds.get(0).name() + " or " + surplus.name())
                            .expecting("one of " + all + "; use a list of triggers for several"),
                    surplus);
        }
        checkManual(values);
        refuseWithout(TriggerForm.CRON, TriggerForm.DST, values);
        refuseWithout(TriggerForm.EVERY, TriggerForm.ANCHOR, values);
        checkWindow(values);
        checkCalendar(values);
    }

    private static void checkManual(Values values) {
        if (!values.has(TriggerForm.MANUAL)) {
            return;
        }
        if (Boolean.FALSE.equals(values.find(TriggerForm.MANUAL))) {
            values.report(Complaint.of("is false").expecting("true, or another kind of trigger"), TriggerForm.MANUAL);
        }
        for (Key<Trigger, ?> option : TriggerForm.FORM.keys()) {
            if (values.has(option) && !TriggerForm.KINDS.contains(option)) {
                values.report(Complaint.of("a manual trigger never fires by itself, so this has no effect"), option);
            }
        }
    }

    private static void refuseWithout(Key<Trigger, ?> needed, Key<Trigger, ?> option, Values values) {
        if (values.has(option) && !values.has(needed) && !values.has(TriggerForm.MANUAL)) {
            values.report(Complaint.of("only a trigger with " + needed.name() + " looks at it"), option);
        }
    }

    private static void checkWindow(Values values) {
        Instant start = values.find(TriggerForm.START);
        Instant end = values.find(TriggerForm.END);
        if (start != null && end != null && !start.isBefore(end)) {
            values.report(
                    Complaint.of("the window ends before anything can fire")
                            .expecting("an instant after its start, " + start),
                    TriggerForm.END);
        }
    }

    private static void checkCalendar(Values values) {
        String name = values.find(TriggerForm.CALENDAR);
        if (name == null) {
            return;
        }
        var known = values.reading().calendarNames(values.path());
        if (!known.contains(name)) {
            Complaint complaint = Complaint.of("there is no calendar " + Complaint.quote(name))
                    .expecting(
                            known.isEmpty()
                                    ? "a calendar declared under calendars"
                                    : "one of " + String.join(", ", known));
            values.report(complaint.nearest(name, known), TriggerForm.CALENDAR);
        }
    }

    /** Refuses mixtures that mean nothing and triggers that never fire. Called when every trigger is right for itself. */
    static void checkAll(List<Trigger> triggers, Node node, String path, Reading reading) {
        Map<String, BusinessCalendar> calendars = reading.calendars(path);
        for (int i = 0; i < triggers.size(); i++) {
            Trigger trigger = triggers.get(i);
            boolean listed = node instanceof Node.Sequence;
            Node at = node instanceof Node.Sequence sequence ? sequence.items().get(i) : node;
            String place = listed ? Paths.item(path, i) : path;
            if (triggers.size() > 1 && trigger instanceof DelayTrigger) {
                reading.report(
                        at.at(),
                        place,
                        Complaint.of("delay counts from the previous run, so it cannot stand beside others"));
            }
            if (triggers.size() > 1 && trigger instanceof ManualTrigger) {
                reading.report(
                        at.at(),
                        place,
                        Complaint.of("manual stands alone; every job can be triggered by hand as well"));
            }
            checkFires(trigger, at, place, reading, calendars);
        }
    }

    private static void checkFires(
            Trigger trigger, Node node, String path, Reading reading, Map<String, BusinessCalendar> calendars) {
        String calendar = trigger.options().calendar();
        boolean unknown = calendar != null && !calendars.containsKey(calendar);
        if (trigger instanceof ManualTrigger || unknown) {
            return;
        }
        Schedule schedule = new Schedule(List.of(trigger), calendars);
        boolean fires = trigger instanceof DelayTrigger
                ? schedule.firstDelayed(Instant.EPOCH).isBefore(Instant.MAX)
                : schedule.next(Instant.MIN).isPresent();
        if (fires) {
            return;
        }
        if (trigger instanceof CronTrigger cron && cron.expression().neverFires() && calendar == null) {
            Node at = node instanceof Node.Mapping mapping ? mapping.get(TriggerForm.CRON.name()) : null;
            reading.report(
                    at == null ? node.at() : at.at(),
                    Paths.key(path, TriggerForm.CRON.name()),
                    Complaint.of("never fires: no date from 1970 to 2099 matches "
                            + Complaint.quote(cron.expression().text())));
        } else {
            reading.report(node.at(), path, Complaint.of("never fires: start, end and calendar leave nothing of it"));
        }
    }
}
