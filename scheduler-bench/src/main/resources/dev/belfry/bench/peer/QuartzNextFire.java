package dev.belfry.bench.peer;

import dev.belfry.bench.pure.NextFire;
import java.text.ParseException;
import java.util.Date;
import java.util.TimeZone;
import org.quartz.CronExpression;

/** Cron expressions of Quartz. */
public final class QuartzNextFire implements NextFire.Parser {

    @Override
    public NextFire parse(String expression, String zone) {
        try {
            CronExpression cron = new CronExpression(expression);
            cron.setTimeZone(TimeZone.getTimeZone(zone));
            return millis -> cron.getNextValidTimeAfter(new Date(millis)).getTime();
        } catch (ParseException e) {
            throw new IllegalArgumentException(expression, e);
        }
    }
}
